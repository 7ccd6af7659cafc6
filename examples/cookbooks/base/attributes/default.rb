default['base']['directory'] = '/srv/example'
