# Sourced when FAI has ended: the machine boots from its disk from now on, unless a task failed.
if [ "${task_error:-0}" -lt "${STOP_ON_ERROR:-700}" ]; then
	curl -s --noproxy '*' -o /dev/null http://10.77.0.1/cblr/svc/op/trig/mode/post/system/web7 || :
fi
