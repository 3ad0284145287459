package servertest_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
)

// TestInner is run by the test below, in a process of its own.
func TestInner(t *testing.T) {
	if os.Getenv("PEAKDAY_SERVERTEST_INNER") == "" {
		t.Skip("the other test runs this one")
	}
	s := servertest.Start(t)
	if a, b := servertest.Database(t, s), servertest.Database(t, s); a == b {
		t.Errorf("two databases have the DSN %s", a)
	}
}

func TestWhatIsRequiredFailsAndOtherwiseSkips(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs five processes, some with a server")
	}
	const closed = "PEAKDAY_POSTGRES_DSN=postgres://127.0.0.1:1/none"
	const noImage = "PEAKDAY_POSTGRES_IMAGE=peakday.invalid/none:0"
	usual := servertest.Start(t).String()
	for _, c := range []struct {
		name    string
		setting []string
		want    []string
	}{
		{"a server is named in the log", []string{"PEAKDAY_REQUIRE=postgres"}, []string{"--- PASS", "postgres: " + usual}},
		{"nothing required, none there", []string{closed, "PEAKDAY_REQUIRE="}, []string{"--- SKIP", "dsn: it does not answer"}},
		{"another thing required", []string{closed, "PEAKDAY_REQUIRE=docker"}, []string{"--- SKIP"}},
		{"required, none there", []string{closed, "PEAKDAY_REQUIRE=docker,postgres"}, []string{"--- FAIL", "postgres is required and cannot be had", "dsn: it does not answer"}},
		{"docker required, the host's there", []string{noImage, "PEAKDAY_REQUIRE=docker"}, []string{"--- FAIL", "peakday.invalid"}},
	} {
		inner := exec.Command(os.Args[0], "-test.run=^TestInner$", "-test.v")
		inner.Env = append(os.Environ(), append(c.setting, "PEAKDAY_SERVERTEST_INNER=1")...)
		said, _ := inner.CombinedOutput() // its exit code says no more
		for _, want := range c.want {
			if !strings.Contains(string(said), want) {
				t.Errorf("%s: it said\n%s\nwant %q", c.name, said, want)
			}
		}
	}
}
