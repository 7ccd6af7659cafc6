#!/bin/sh
# Provisions something that can be seen: a small web site that says where it is and what it is for.
# It needs no root, and does the same when it is run again.
#
#   pantry -a shop exec --stdin examples/provision.sh -- sh -s web
#
# The first argument is the role that the page names. SITE_DIR says where the site goes; without it
# each client has a folder of its own in the home folder of whoever runs it.
set -eu

role=${1:-none}
application=${PANTRY_APPLICATION:-none}
identity=${PANTRY_IDENTITY:-$(uname -n)}
site=${SITE_DIR:-${HOME:-/var/tmp}/pantry-site/$application/$identity}

# Puts standard input into a file, whole or not at all, and says what became of the file.
install_file() {
    file=$site/$1
    cat > "$file.new"
    if [ ! -e "$file" ]; then
        result=created
    elif cmp -s "$file" "$file.new"; then
        rm "$file.new"
        echo "unchanged  $file"
        return
    else
        result=updated
    fi
    mv "$file.new" "$file"
    echo "$result    $file"
}

echo "provisioning $identity of $application as $role"

if [ -d "$site" ]; then
    echo "unchanged  $site"
else
    mkdir -p "$site"
    echo "created    $site"
fi

install_file style.css <<'STYLE'
body { font-family: sans-serif; margin: 4em auto; max-width: 40em; }
STYLE

install_file index.html <<PAGE
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>$identity</title><link rel="stylesheet" href="style.css"></head>
<body>
<h1>$identity</h1>
<p>Role $role of the application $application, on the host $(uname -n).</p>
<p>Provisioned by Pantry on $(date -u '+%Y-%m-%d at %H:%M UTC').</p>
</body>
</html>
PAGE

echo "done: file://$site/index.html"
