include_recipe 'webserver'

directory "#{node['base']['directory']}/public"

cookbook_file "#{node['base']['directory']}/public/index.html" do
  source 'index.html'
  mode '0644'
end
