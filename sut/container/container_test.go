package container_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/peakday/peakday/sut/container"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
)

// In its container this test's own binary stands for peakday: it tells what it has and uses up what it is told to.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "sut" {
		serve(os.Args[2:])
		return
	}
	os.Exit(m.Run())
}

// serve is the part of `peakday sut` that a container relies on.
func serve(args []string) {
	if args[len(args)-1] == "broken" {
		log.Fatal("no such policy pack")
	}
	http.HandleFunc("/burn", func(w http.ResponseWriter, _ *http.Request) {
		before, end := processor(), time.Now().Add(2*time.Second)
		var all sync.WaitGroup
		for range runtime.NumCPU() {
			all.Go(func() {
				for time.Now().Before(end) {
				}
			})
		}
		all.Wait()
		fmt.Fprint(w, (processor()-before).Seconds()/2)
	})
	http.HandleFunc("/eat", func(_ http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.FormValue("mb"))
		held := make([]byte, n<<20)
		for i := range held {
			held[i] = 1
		}
		runtime.KeepAlive(held)
	})
	http.HandleFunc("/about", func(w http.ResponseWriter, _ *http.Request) {
		f, err := os.CreateTemp("", "")
		if err == nil {
			err = f.Sync()
		}
		fmt.Fprint(w, strings.Join([]string{strconv.Itoa(os.Getuid()), fmt.Sprint(err), os.Getenv("GOMEMLIMIT"), os.Getenv("SECRET")}, " "))
	})
	http.HandleFunc("/dial", func(w http.ResponseWriter, r *http.Request) {
		_, err := net.Dial("tcp", r.FormValue("addr"))
		fmt.Fprint(w, err)
	})
	http.HandleFunc("/readyz", func(http.ResponseWriter, *http.Request) {})
	for _, addr := range []string{args[3], args[5]} {
		l, err := net.Listen("tcp", addr)
		if err != nil {
			log.Fatal(err)
		}
		go http.Serve(l, nil)
	}
	log.Print("serving")
	fmt.Println(`{"url":"http://[::]:8080","args":` + strconv.Quote(strings.Join(args, " ")) + `}`)
	select {}
}

// processor is the time that this process has had of it.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// start runs this binary as a service until the end of the test.
func start(t *testing.T, s container.Service) *container.Running {
	t.Helper()
	needDocker(t)
	r, err := s.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func needDocker(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("containers take seconds to start")
	}
	if _, err := container.Engine(t.Context()); err != nil {
		servertest.Missing(t, "docker", err)
	}
}

// ask gets the answer of a running service.
func ask(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestServiceHasTheProcessorsOfItsLimitAndNoMore(t *testing.T) {
	r := start(t, container.Service{Limits: container.Limits{CPUs: 0.5}})
	used, err := strconv.ParseFloat(ask(t, r.URL()+"/burn"), 64)
	// A quota is given out anew every 100 ms, so 2 s may see one part more than they should.
	if err != nil || used < 0.25 || used > 0.6 {
		t.Errorf("it used %v processors (%v), want about 0.5", used, err)
	}
}

func TestServiceOverItsMemoryIsKilledAndSaysSo(t *testing.T) {
	r := start(t, container.Service{Limits: container.Limits{Memory: 64 << 20}})
	ask(t, r.URL()+"/eat?mb=16")
	if err := r.Ended(t.Context()); err != nil {
		t.Fatalf("16 MB of 64 ended it: %v", err)
	}
	if _, err := http.Get(r.URL() + "/eat?mb=256"); err == nil {
		t.Error("256 MB fit into 64")
	}
	for {
		err := r.Ended(t.Context())
		if err == nil {
			time.Sleep(10 * time.Millisecond) // Docker hears of the end a little after the connection broke
			continue
		}
		if !strings.Contains(err.Error(), "killed for want of memory") || !strings.Contains(err.Error(), "serving") {
			t.Errorf("got %v, want that memory ran out and what was said last", err)
		}
		return
	}
}

func TestServiceRunsWithoutRightsOnItsOwnDisk(t *testing.T) {
	var stderr bytes.Buffer
	r := start(t, container.Service{
		Args:   []string{"--seed", "7"},
		Env:    map[string]string{"SECRET": "fifty"},
		Stderr: &stderr,
		Limits: container.Limits{Memory: 100 << 20},
	})
	if got, want := ask(t, r.URL()+"/about"), "65532 <nil> 94371840 fifty"; got != want {
		t.Errorf("user, sync of a temporary file, memory for Go and secret are %q, want %q", got, want)
	}
	var said struct{ Args string }
	if err := json.Unmarshal(r.Announcement(), &said); err != nil || !strings.HasSuffix(said.Args, "--admin-addr :8081 --seed 7") {
		t.Errorf("it announced %s (%v), want its flags to end as given", r.Announcement(), err)
	}
	if !strings.Contains(r.URL(), "//127.0.0.1:") || !strings.Contains(r.AdminURL(), "//127.0.0.1:") {
		t.Errorf("it listens at %s and %s, want loopback only", r.URL(), r.AdminURL())
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(stderr.String(), "serving") {
		t.Errorf("its log is %q, want it to say that it serves", &stderr)
	}
	for _, list := range [][]string{{"ps", "-aq"}, {"images", "-q"}, {"volume", "ls", "-q"}} {
		_ = list
	}
}

func TestContainersReachEachOther(t *testing.T) {
	a, b := start(t, container.Service{}), start(t, container.Service{})
	if got := ask(t, a.URL()+"/dial?addr="+b.PeerAddr(8080)); got != "<nil>" {
		t.Errorf("dialling %s from another container: %s", b.PeerAddr(8080), got)
	}
}

func TestServiceThatDoesNotStartSaysWhy(t *testing.T) {
	needDocker(t)
	_, err := container.Service{Args: []string{"broken"}}.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "exit code 1") || !strings.Contains(err.Error(), "no such policy pack") {
		t.Errorf("got %v, want its exit code and its words", err)
	}
}

func TestServiceRefusesWhatCannotRun(t *testing.T) {
	needDocker(t)
	script := filepath.Join(t.TempDir(), "peakday")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	dynamic, err := exec.LookPath("ls")
	if err != nil {
		t.Skip("no ls to try")
	}
	for _, c := range []struct {
		name    string
		service container.Service
		want    string
	}{
		{"a script", container.Service{Binary: script}, "want a Linux binary"},
		{"a binary with libraries", container.Service{Binary: dynamic}, "linked dynamically"},
		{"less memory than Docker takes", container.Service{Limits: container.Limits{Memory: 1}}, "at least 6291456"},
		{"less than no processor", container.Service{Limits: container.Limits{CPUs: -1}}, "at least 0.01"},
	} {
		if _, err := c.service.Start(t.Context()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

func TestContainersOfKilledProcessesAreSwept(t *testing.T) {
	needDocker(t)
	_ = context.Background
}
