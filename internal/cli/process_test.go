package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// start runs peakday and returns it with the first line of its stdout.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, line string) {
	t.Helper()
	cmd = exec.Command("peakday", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("peakday %s said nothing: %v", strings.Join(args, " "), err)
	}
	return cmd, line
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func TestServiceAndGuardServeUntilTheyAreStopped(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	var service struct {
		URL      string `json:"url"`
		AdminURL string `json:"admin_url"`
		Demo     struct{ Curl string }
	}
	sut, line := start(t, "sut", "-o", "json", "--people", "1000")
	if err := json.Unmarshal([]byte(line), &service); err != nil {
		t.Fatal(err)
	}
	if status, _ := get(t, service.AdminURL+"/readyz"); status/100 != 2 {
		t.Errorf("readyz: %d", status)
	}
	if status, body := get(t, service.AdminURL+"/metrics"); status != 200 || !strings.Contains(body, "peakday_") {
		t.Errorf("metrics: %d %.80s", status, body)
	}
	if _, err := exec.LookPath("curl"); err == nil {
		out, err := exec.Command("sh", "-c", service.Demo.Curl).Output()
		if err != nil || !bytes.Contains(out, []byte("token")) {
			t.Errorf("%s: %v, answered %s", service.Demo.Curl, err, out)
		}
	}

	var guarded struct {
		URL string `json:"url"`
	}
	guard, line := start(t, "guard", "-o", "json", "--upstream", service.URL)
	if err := json.Unmarshal([]byte(line), &guarded); err != nil {
		t.Fatal(err)
	}
	if status, body := get(t, guarded.URL+"/v1/policies?q=pension"); status != 200 {
		t.Errorf("a policy search through the guard: %d %.80s", status, body)
	}
	for _, cmd := range []*exec.Cmd{guard, sut} {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v after SIGTERM: %v", cmd.Args, err)
		}
	}
}

// SIGHUP has a guard inside read its file again, and ends a service without one; neither leaves a database behind.
func TestAServiceThatIsHungUp(t *testing.T) {
	if testing.Short() {
		t.Skip("starts servers")
	}
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP) // or, under nohup, those that are started here ignore it, too
	defer signal.Stop(heard)
	t.Setenv("TMPDIR", t.TempDir())
	file := filepath.Join(t.TempDir(), "guard.yaml")
	if err := os.WriteFile(file, []byte("mode: dry_run\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, inside := range []bool{true, false} {
		args := []string{"sut", "-o", "json", "--people", "100"}
		if inside {
			args = append(args, "--guard", file)
		}
		cmd, line := start(t, args...)
		var service struct {
			AdminURL string `json:"admin_url"`
		}
		if err := json.Unmarshal([]byte(line), &service); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("mode: enforce\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd.Process.Signal(syscall.SIGHUP)
		if inside {
			state := ""
			for until := time.Now().Add(5 * time.Second); time.Now().Before(until) && !strings.Contains(state, `"generation": 2`); time.Sleep(20 * time.Millisecond) {
				_, state = get(t, service.AdminURL+"/debug/guard")
			}
			if !strings.Contains(state, `"mode": "enforce"`) || !strings.Contains(state, `"generation": 2`) {
				t.Errorf("after SIGHUP the guard says %s", state)
			}
			cmd.Process.Signal(syscall.SIGTERM)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A SIGHUP that comes too late to be followed does not cut off the requests that a guard still waits for.
func TestAGuardIsHungUpWhileItDrains(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	file := filepath.Join(t.TempDir(), "guard.yaml")
	if err := os.WriteFile(file, []byte("listener: {drain: 1s}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	guard, line := start(t, "guard", "-o", "json", "--upstream", "http://127.0.0.1:1", "--config", file)
	var at struct {
		AdminURL string `json:"admin_url"`
	}
	if err := json.Unmarshal([]byte(line), &at); err != nil {
		t.Fatal(err)
	}
	guard.Process.Signal(syscall.SIGTERM)
	status := 0
	for until := time.Now().Add(900 * time.Millisecond); time.Now().Before(until) && status != http.StatusServiceUnavailable; time.Sleep(10 * time.Millisecond) {
		status, _ = get(t, at.AdminURL+"/readyz")
	}
	if status != http.StatusServiceUnavailable {
		t.Fatalf("after SIGTERM readyz is %d, want 503", status)
	}
	guard.Process.Signal(syscall.SIGHUP)
	if err := guard.Wait(); err != nil {
		t.Errorf("hung up while draining: %v", err)
	}
}

func TestAPortInUseIsAnErrorThatNamesIt(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, args := range [][]string{
		{"sut", "--addr", l.Addr().String()},
		{"guard", "--upstream", "http://127.0.0.1:1", "--addr", l.Addr().String()},
	} {
		out, err := exec.Command("peakday", args...).CombinedOutput()
		if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() != 1 || !strings.Contains(string(out), l.Addr().String()) || !strings.Contains(string(out), "address already in use") {
			t.Errorf("%v: %v: %s", args, err, out)
		}
	}
}

// a drill that lasts long enough to be stopped in its middle
const longDrill = `name: long
service: {people: 1000}
shape:
  base: 50/s
  phases:
    - {hold: 60s, rate: 1x}
mix: R
timeout: 5s
variants: [{name: protected, guard: true}]
budgets: [success >= 99%]
`

// startDrill starts the long drill and waits until its result holds three seconds.
func startDrill(t *testing.T) (cmd *exec.Cmd, dir string) {
	t.Helper()
	dir = t.TempDir()
	file := filepath.Join(dir, "long.yaml")
	if err := os.WriteFile(file, []byte(longDrill), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	cmd = exec.Command("peakday", "drill", file, "--out", out, "--max-lateness", "1s")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		text, _ := os.ReadFile(filepath.Join(out, "protected.run"))
		if bytes.Count(text, []byte("\n")) > 3 {
			return cmd, out
		}
		if time.Now().After(deadline) {
			t.Fatal("no three seconds of result within 30 s")
		}
	}
}

// children lists the processes that pid started.
func children(t *testing.T, pid int) (found []string) {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, strings.Fields(string(text))...)
	}
	return found
}

func alive(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err == nil && !bytes.Contains(stat, []byte(") Z "))
}

func TestNoChildSurvivesAKilledDrillAndWhatWasRecordedCanBeReported(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load")
	}
	if _, err := os.Stat("/proc/self/task"); err != nil {
		t.Skip("needs /proc")
	}
	cmd, dir := startDrill(t)
	pids := children(t, cmd.Process.Pid)
	if len(pids) != 2 {
		t.Fatalf("the drill has %d children, want service and guard", len(pids))
	}
	cmd.Process.Kill()
	cmd.Wait()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left := 0
		for _, pid := range pids {
			if alive(pid) {
				left++
			}
		}
		if left == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of the children %v survive", left, pids)
		}
	}
	out, err := exec.Command("peakday", "report", dir).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "cut off") || !strings.Contains(string(out), "requests sent") {
		t.Errorf("report of a killed drill: %v\n%s", err, out)
	}
	if exit, ok := exec.Command("peakday", "gate", dir).Run().(*exec.ExitError); !ok || exit.ExitCode() != 4 {
		t.Errorf("gate of a killed drill: %v, want exit code 4", exit)
	}
}

func TestAnInterruptDrainsAndStillWritesTheResult(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load")
	}
	cmd, dir := startDrill(t)
	cmd.Process.Signal(syscall.SIGINT)
	if exit, ok := cmd.Wait().(*exec.ExitError); !ok || exit.ExitCode() != 4 {
		t.Errorf("interrupted drill: %v, want exit code 4", exit)
	}
	text, err := os.ReadFile(filepath.Join(dir, "protected.run"))
	if err != nil || !bytes.Contains(text, []byte(`"interrupted":true`)) {
		t.Errorf("the result has no end that says interrupted: %v", err)
	}
	for _, name := range []string{"drill.json", "report.html"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// The first Ctrl-C stops the sending within 50 ms, the second the waiting for a service that never answers.
func TestASecondInterruptStopsTheWaiting(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load")
	}
	var last atomic.Int64 // when the last request came
	never := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last.Store(time.Now().UnixNano())
		<-never
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(never) })
	dir := t.TempDir()
	targets := filepath.Join(dir, "t.txt")
	if err := os.WriteFile(targets, []byte("GET "+server.URL+"/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := exec.Command("peakday", "run", "--targets", targets, "--rate", "200", "--for", "60s", "--timeout", "50s", "--max-lateness", "1s", "--out", filepath.Join(dir, "out"), "-o", "json")
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	for deadline := time.Now().Add(20 * time.Second); last.Load() == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing was sent within 20 s")
		}
	}
	time.Sleep(500 * time.Millisecond)
	first := time.Now()
	cmd.Process.Signal(syscall.SIGINT)
	time.Sleep(500 * time.Millisecond)
	stopped := time.Unix(0, last.Load()).Sub(first)
	cmd.Process.Signal(syscall.SIGINT)
	if exit, ok := cmd.Wait().(*exec.ExitError); !ok || exit.ExitCode() != 4 {
		t.Errorf("interrupted twice: %v, want exit code 4", exit)
	}
	if waited := time.Since(first); waited > 5*time.Second {
		t.Errorf("it took %v to end", waited)
	}
	if stopped > 50*time.Millisecond {
		t.Errorf("the last request came %v after the first interrupt, want 50 ms at most", stopped)
	}
	var got struct{ Sent, Unfinished, Planned, Lost uint64 }
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Sent == 0 || got.Unfinished != got.Sent || got.Planned != got.Sent || got.Lost != 0 {
		t.Errorf("%+v, want all that was sent unfinished, and no more planned", got)
	}
}
