package watch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// findCgroups are the directories whose quota limits this process: its control group's and those above it, in both versions.
// A quota may stand at any of them.
func findCgroups() []string {
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil
	}
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil
	}
	return cgroupDirs(string(groups), string(mounts))
}

// cgroupDirs joins the lines of /proc/self/cgroup, NUMBER:CONTROLLERS:GROUP, with the mounts that show these groups.
// In /proc/self/mountinfo the fourth field is the group at the root of the mount, the fifth the directory; after " - " come
// type, source and options (cgroups(7), proc_pid_mountinfo(5)).
func cgroupDirs(groups, mounts string) (dirs []string) {
	for line := range strings.Lines(groups) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, ok := strings.Cut(rest, ":")
		if !ok {
			continue
		}
		for mount := range strings.Lines(mounts) {
			place, kind, _ := strings.Cut(strings.TrimSpace(mount), " - ")
			fields, about := strings.Fields(place), strings.Fields(kind)
			if len(fields) < 5 || len(about) < 3 {
				continue
			}
			second := controllers == "" && about[0] == "cgroup2"
			first := about[0] == "cgroup" && holds(controllers, "cpu") && holds(about[2], "cpu")
			if inside, below := under(fields[3], group); below && (first || second) {
				dirs = append(dirs, upwards(fields[4], inside)...)
			}
		}
	}
	return dirs
}

func holds(list, word string) bool { return slices.Contains(strings.Split(list, ","), word) }

// under is the path of a group seen from root; ok is false when it is not below it.
func under(root, group string) (inside string, ok bool) {
	if root == "/" {
		return group, true
	}
	inside, ok = strings.CutPrefix(group, root)
	return inside, ok && (inside == "" || inside[0] == '/')
}

// upwards is top/a/b, top/a and top for inside /a/b.
func upwards(top, inside string) (dirs []string) {
	for inside = path.Clean("/" + inside); inside != "/"; inside = path.Dir(inside) {
		dirs = append(dirs, path.Join(top, inside))
	}
	return append(dirs, top)
}

// readThrottled is the longest that any of the groups was stopped for its quota. One without a cpu.stat has no quota.
func readThrottled(dirs []string) (longest time.Duration, err error) {
	for _, dir := range dirs {
		text, err := os.ReadFile(path.Join(dir, "cpu.stat"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, err
		}
		d, err := parseThrottled(text)
		if err != nil {
			return 0, fmt.Errorf("%s/cpu.stat: %w", dir, err)
		}
		longest = max(longest, d)
	}
	return longest, nil
}

// parseThrottled reads cpu.stat: throttled_usec in version 2, throttled_time in ns in version 1, neither in a group that
// cannot have a quota.
func parseThrottled(text []byte) (time.Duration, error) {
	for line := range bytes.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		unit := map[string]time.Duration{"throttled_usec": time.Microsecond, "throttled_time": time.Nanosecond}[name]
		if unit == 0 {
			continue
		}
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/int64(unit) {
			return 0, fmt.Errorf("%s is %.40q, want a whole number", name, value)
		}
		return time.Duration(n) * unit, nil
	}
	return 0, nil
}

// readQuota is the number of cores a group may use; ok is false when it has no limit.
func readQuota(dir string) (cores float64, ok bool) {
	if text, err := os.ReadFile(path.Join(dir, "cpu.max")); err == nil {
		return parseQuota(string(text))
	}
	quota, err := os.ReadFile(path.Join(dir, "cpu.cfs_quota_us"))
	if err != nil {
		return 0, false
	}
	period, err := os.ReadFile(path.Join(dir, "cpu.cfs_period_us"))
	if err != nil {
		return 0, false
	}
	return parseQuota(string(quota) + " " + string(period))
}

// parseQuota reads a quota and its period in µs. Without a limit the quota is "max" in version 2 and -1 in version 1.
func parseQuota(text string) (cores float64, ok bool) {
	var quota, period float64
	if _, err := fmt.Sscan(text, &quota, &period); err != nil || quota <= 0 || period <= 0 {
		return 0, false
	}
	return quota / period, true
}
