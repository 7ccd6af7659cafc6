name "web"
description "Serves the shop's pages"
run_list "recipe[nginx]", "recipe[shop::web]"
default_attributes "nginx" => { "worker_processes" => 2 }
