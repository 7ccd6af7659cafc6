# Runs a PostgreSQL server for as long as somebody holds its lock, then ends it and deletes it all,
# whatever has become of those who held the lock.
#
# Arguments: the folder, which holds `lock` and `data`; the port; seconds to wait for others when
# nobody holds the lock any more; where PostgreSQL's programs are; the command that runs the server.
# Says `ready` and the server's process id when it can be spoken with.

folder=$1 port=$2 grace=$3 programs=$4
shift 4
exec 9<"$folder/lock"

"$@" </dev/null >>"$folder/log" 2>&1 9<&- &
server=$!
until "$programs/pg_isready" --quiet --host="$folder" --port="$port"; do
    kill -0 "$server" 2>/dev/null || exit 1
    sleep 0.02
done
segment=$(sed -n '7s/.* //p' "$folder/data/postmaster.pid")
echo "ready $server"
exec >/dev/null

# The lock is had when nobody else has it. Who comes between its two takings has the server go on.
until
    flock --exclusive 9 && flock --unlock 9 && sleep "$grace" && flock --exclusive --nonblock 9
do
    :
done

# From here on whoever comes waits for the lock, and finds the folder gone.
kill -INT "$server" 2>/dev/null
wait "$server"
# Only a server that was killed has left its shared memory.
ipcrm --shmem-id "$segment" 2>/dev/null

# Another lock in its place: the folder stays, or is another server's already.
[ "$folder/lock" -ef "/proc/$$/fd/9" ] && rm -rf "$folder"
