name 'webserver'
version '2.1.0'
maintainer 'Pantry'
license 'Apache-2.0'
description 'Writes the configuration of a web server'
%w(debian ubuntu).each { |platform| supports platform }
depends 'base', '~> 1.0'
