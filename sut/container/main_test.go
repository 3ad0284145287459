package container_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/moby/moby/client"

	"github.com/peakday/peakday/sut/container"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
)

// In a container this test's own binary stands for peakday. Outside, it is also a parent that will be killed.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 1 && os.Args[1] == "sut":
		serve(os.Args[2:])
	case len(os.Args) > 1 && os.Args[1] == "parent":
		if _, err := (container.Service{}).Start(context.Background()); err != nil {
			log.Fatal(err)
		}
		fmt.Print("started")
		select {}
	default:
		os.Exit(m.Run())
	}
}

// serve is the part of `peakday sut` that a container relies on. It tells what it has, and uses up what it is told to.
func serve(args []string) {
	switch args[len(args)-1] {
	case "broken":
		log.Fatal("no such policy pack")
	case "rambling":
		fmt.Println("welcome")
	case "mute":
		log.Print("thinking")
		time.Sleep(time.Hour) // the test gives up before
	}
	http.HandleFunc("/burn", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, burn(2*time.Second)) })
	http.HandleFunc("/eat", func(_ http.ResponseWriter, r *http.Request) {
		mb, _ := strconv.Atoi(r.FormValue("mb"))
		held := make([]byte, mb<<20)
		for i := range held {
			held[i] = 1
		}
		runtime.KeepAlive(held)
	})
	http.HandleFunc("/about", func(w http.ResponseWriter, _ *http.Request) {
		synced, memory := disk()
		fmt.Fprintf(w, "uid %d, sync %v, in memory %v, GOMEMLIMIT %s, SECRET %s, args %s",
			os.Getuid(), synced, memory, os.Getenv("GOMEMLIMIT"), os.Getenv("SECRET"), strings.Join(args, " "))
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go http.Serve(l, nil)
	log.Print("serving")
	fmt.Printf("{\"url\":\"http://%s\"}\n", l.Addr())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	log.Print("drained")
}

// burn keeps all processors busy and returns how many it had.
func burn(d time.Duration) float64 {
	before, end := processor(), time.Now().Add(d)
	var all sync.WaitGroup
	for range runtime.NumCPU() {
		all.Go(func() {
			for time.Now().Before(end) {
			}
		})
	}
	all.Wait()
	return (processor() - before).Seconds() / d.Seconds()
}

// processor is the time that this process has had of it.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // of oneself it does not fail
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// disk writes to a temporary file, and says whether that went well and whether it is in memory.
func disk() (error, bool) {
	f, err := os.CreateTemp("", "")
	if err != nil {
		return err, false
	}
	var s syscall.Statfs_t
	const tmpfs = 0x01021994
	if err := syscall.Fstatfs(int(f.Fd()), &s); err != nil {
		return err, false
	}
	return f.Sync(), s.Type == tmpfs
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
		t.Skip("containers take seconds, and a test binary for the race detector cannot run in an empty one")
	}
	if _, err := container.Engine(t.Context()); err != nil {
		servertest.Missing(t, "docker", err)
	}
}

// owned lists the containers and images of a process as Docker knows them.
func owned(t *testing.T, pid int) (found []string) {
	t.Helper()
	docker, err := client.New(client.FromEnv)
	if err != nil {
		t.Fatal(err)
	}
	defer docker.Close()
	containers, err := docker.ContainerList(t.Context(), client.ContainerListOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range containers.Items {
		if strings.HasSuffix(c.Labels["peakday.owner"], "/"+strconv.Itoa(pid)) {
			found = append(found, "container "+c.Image)
		}
	}
	images, err := docker.ImageList(t.Context(), client.ImageListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range images.Items {
		if strings.HasSuffix(i.Labels["peakday.owner"], "/"+strconv.Itoa(pid)) {
			found = append(found, "image "+i.ID)
		}
	}
	return found
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
