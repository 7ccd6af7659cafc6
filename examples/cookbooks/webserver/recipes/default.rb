include_recipe 'base'

template "#{node['base']['directory']}/site.conf" do
  source 'site.conf.erb'
  variables(port: node['webserver']['port'], name: node['webserver']['name'])
  mode '0644'
end
