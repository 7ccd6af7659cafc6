# What a machine of the shop's front runs, and from where its cookbooks come. `chef install` solves it
# and writes Policyfile.lock.json.
name 'shopfront'
run_list 'shopfront::default'

cookbook 'base', path: '../cookbooks/base'
cookbook 'shopfront', path: '../cookbooks/shopfront'
cookbook 'webserver', path: '../cookbooks/webserver'
