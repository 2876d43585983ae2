# Shell functions shared by the scripts of this folder. Source it; it does nothing by itself.

# say prints one line of progress.
say() { printf '%s\n' "$*"; }

# die prints a message to standard error and ends the script.
die() {
	printf '%s\n' "$*" >&2
	exit 1
}

# now prints milliseconds since the epoch.
now() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

# since prints the seconds since the time given by now, with one decimal.
since() {
	local ms=$(($(now) - $1))
	printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# start_xvfb starts an X server of 1920×1080 on a display number that the server itself finds free,
# sets DISPLAY and xvfb_pid, and returns when the server answers. Its log goes to the file $1. A server
# that ends at once, or that says nothing for a minute, is tried again twice.
start_xvfb() {
	local log=$1 fifo number piece deadline why try
	for try in 1 2 3; do
		fifo=$(mktemp -u)
		# Opened here for both: the server may come to it when its name is gone.
		mkfifo -m 600 "$fifo" && exec 8<>"$fifo" && rm -f "$fifo" || die "No virtual display: no pipe can be made in ${TMPDIR:-/tmp}."
		Xvfb -displayfd 7 -screen 0 "${XVFB_SCREEN:-1920x1080x24}" -nolisten tcp -noreset 7>&8 8>&- >"$log" 2>&1 &
		xvfb_pid=$!
		number='' why='' deadline=$(($(now) + 60000))
		# A number that came in part only is another server's: it is whole with the end of its line.
		until piece='' && read -r -t 0.2 -u 8 piece; do
			number+=$piece
			if ! kill -0 "$xvfb_pid" 2>/dev/null; then
				why="ended at once"
			elif [ "$(now)" -ge "$deadline" ]; then
				why="did not answer within 60 s"
				kill -KILL "$xvfb_pid" 2>/dev/null
			else
				continue
			fi
			wait "$xvfb_pid" 2>/dev/null
			why+=" (code $?)"
			break
		done
		exec 8>&-
		if [ -z "$why" ]; then
			export DISPLAY=":$number$piece"
			return
		fi
		say "   Xvfb $why, attempt $try of 3; the end of its log $log:"
		tail -n 15 "$log" | sed 's/^/   | /'
	done
	die "No virtual display: Xvfb $why three times; its log is $log. Is there room in /tmp, and may this user write to /tmp/.X11-unix?"
}
