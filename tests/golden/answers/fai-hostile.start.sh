# Sourced before FAI partitions the disks.
curl -s --noproxy '*' -o /dev/null http://10.77.0.1/cblr/svc/op/trig/mode/pre/system/web7 || :
