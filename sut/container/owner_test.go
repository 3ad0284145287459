package container

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

func TestOnlyOwnersThatAreCertainlyGoneAre(t *testing.T) {
	ended := exec.Command(os.Args[0], "-test.run=^$")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	last := strconv.Itoa(ended.Process.Pid)
	me := owner()
	if me == "" {
		t.Skip("no /proc tells which processes live")
	}
	parts := strings.Split(me, "/")
	boot, space := parts[0], parts[1]
	for _, c := range []struct {
		name, label string
		want        bool
	}{
		{"this process lives", me, false},
		{"a process of this space that ended is gone", boot + "/" + space + "/" + last, true},
		{"one of another space cannot be asked about", boot + "/pid:[1]/" + last, false},
		{"one of an earlier boot is gone, whatever its number", "0-0/" + space + "/1", true},
		{"a number that is none says nothing", boot + "/" + space + "/x", false},
		{"no label says nothing", "", false},
		{"another's label says nothing", "someone", false},
	} {
		if got := gone(c.label, me); got != c.want {
			t.Errorf("%s: %s: got %v", c.name, c.label, got)
		}
	}
	if gone(boot+"/"+space+"/"+last, "") {
		t.Error("one who does not know itself judges others")
	}
}
