default['webserver']['port'] = 8080
default['webserver']['name'] = 'www.example.org'
