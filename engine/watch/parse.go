package watch

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// parseSchedstat reads /proc/PID/task/TID/schedstat: ns on a core, ns ready without one, time slices
// (Documentation/scheduler/sched-stats.rst).
func parseSchedstat(text []byte) (ran, waited time.Duration, err error) {
	if _, err := fmt.Sscan(string(text), &ran, &waited); err != nil {
		return 0, 0, fmt.Errorf("found %.40q, want three numbers", text)
	}
	return ran, waited, nil
}

// parseStat reads the first line of /proc/stat: ticks in user, nice, system, idle, iowait, irq, softirq, steal, and then
// guest ones that user and nice contain already (proc_stat(5)).
func parseStat(text []byte) (steal, all uint64, err error) {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	fields := bytes.Fields(line)
	if len(fields) < 9 || string(fields[0]) != "cpu" {
		return 0, 0, fmt.Errorf(`first line is %.40q, want "cpu" and eight numbers or more`, line)
	}
	for _, field := range fields[1:9] {
		if steal, err = strconv.ParseUint(string(field), 10, 64); err != nil {
			return 0, 0, fmt.Errorf("first line holds %q, want a number of ticks", field)
		}
		all += steal
	}
	return steal, all, nil // the eighth is the last
}

// parseSockstat reads /proc/net/sockstat or sockstat6: TCP sockets in use, and those in TIME_WAIT, which sockstat6 does not
// tell.
func parseSockstat(text []byte) (inUse, timeWait int, err error) {
	for line := range bytes.Lines(text) {
		fields := bytes.Fields(line)
		if len(fields) == 0 || string(fields[0]) != "TCP:" && string(fields[0]) != "TCP6:" {
			continue
		}
		for i := 1; i+1 < len(fields); i += 2 {
			n, err := strconv.Atoi(string(fields[i+1]))
			if err != nil {
				return 0, 0, fmt.Errorf("found %.40q, want names and numbers", line)
			}
			switch string(fields[i]) {
			case "inuse":
				inUse = n
			case "tw":
				timeWait = n
			}
		}
		return inUse, timeWait, nil
	}
	return 0, 0, fmt.Errorf("no line of TCP in %.60q", text)
}

// parsePortRange reads ip_local_port_range as the number of ports and the first of them.
func parsePortRange(text []byte) (ports, first int, err error) {
	last := 0
	if _, err := fmt.Sscan(string(text), &first, &last); err != nil || first < 1 || last < first || last > 65535 {
		return 0, 0, fmt.Errorf("found %.40q, want the first and the last port", text)
	}
	return last - first + 1, first, nil
}
