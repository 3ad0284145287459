// Command service stands for peakday in a container: the part of `peakday sut` that a container relies on. It tells what
// it has, and uses up what it is told to.
package main

import (
	"fmt"
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
	"time"
)

func main() {
	args := os.Args[2:] // after "sut"
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
