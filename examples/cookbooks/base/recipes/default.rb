directory node['base']['directory'] do
  recursive true
  mode '0755'
end

file "#{node['base']['directory']}/machine" do
  content "#{node.name} in #{node.chef_environment}\n"
  mode '0644'
end
