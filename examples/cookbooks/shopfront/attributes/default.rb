default['webserver']['name'] = 'shop.example.org'
