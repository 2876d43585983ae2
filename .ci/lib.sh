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
# sets DISPLAY and xvfb_pid, and returns when the server answers. Its log goes to the file $1.
start_xvfb() {
	local log=$1 fifo
	fifo=$(mktemp -u)
	mkfifo -m 600 "$fifo"
	Xvfb -displayfd 7 -screen 0 "${XVFB_SCREEN:-1920x1080x24}" -nolisten tcp -noreset 7<>"$fifo" >"$log" 2>&1 &
	xvfb_pid=$!
	local number='' deadline=$(($(now) + 20000))
	exec 8<>"$fifo"
	rm -f "$fifo"
	while [ -z "$number" ]; do
		read -r -t 0.2 -u 8 number || true
		kill -0 "$xvfb_pid" 2>/dev/null || die "Xvfb ended at once; its log is $log: $(tail -n 3 "$log")"
		[ "$(now)" -lt "$deadline" ] || die "Xvfb did not answer within 20 s; its log is $log"
	done
	exec 8>&-
	export DISPLAY=":$number"
}
