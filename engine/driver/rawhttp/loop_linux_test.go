//go:build amd64 || arm64

package rawhttp

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/driver/drivertest"
	"github.com/peakday/peakday/engine/result"
	"github.com/peakday/peakday/scenarios"
)

func TestConformance(t *testing.T) {
	drivertest.Run(t, func(o driver.Options) driver.Driver { return Driver{o} })
}

// timed is the driver on a kernel without epoll_pwait2.
type timed struct{ Driver }

func (d timed) Open() (driver.Loop, error) {
	l, err := d.Driver.Open()
	if err == nil {
		err = l.(*loop).poller.useTimer()
	}
	return l, err
}

func TestConformanceWithoutPwait2(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the suite once more")
	}
	drivertest.Run(t, func(o driver.Options) driver.Driver { return timed{Driver{o}} })
}

const okWire = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

func opened(t testing.TB, o driver.Options) *loop {
	t.Helper()
	l, err := Driver{o}.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.(*loop)
}

func exchange(t testing.TB, l driver.Loop, r *scenarios.Request) driver.Outcome {
	t.Helper()
	l.Submit(0, r)
	outs := l.Wait(time.Now().Add(20 * time.Second))
	if len(outs) != 1 {
		t.Fatalf("%d outcomes, want 1", len(outs))
	}
	return outs[0]
}

func TestNothingIsAllocatedForARequest(t *testing.T) {
	header := []scenarios.Header{{Name: "Authorization", Value: "Bearer token"}}
	for _, test := range []struct {
		name, wire string
		request    scenarios.Request
	}{
		{"alike", okWire, scenarios.Request{Method: "GET", Path: "/", Header: header, Alike: 1}},
		{"each other", okWire, scenarios.Request{Method: "POST", Path: "/", Header: header, Body: []byte("body")}},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", scenarios.Request{Method: "GET", Path: "/", Alike: 1}},
		{"kept", okWire, scenarios.Request{Method: "GET", Path: "/", Alike: 1, Keep: true}},
		{"refused", "HTTP/1.1 503 No\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\nno", scenarios.Request{Method: "GET", Path: "/", Alike: 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := opened(t, driver.Options{Target: drivertest.Serve(t, drivertest.Says(test.wire)), IdleFor: time.Minute})
			n := testing.AllocsPerRun(200, func() {
				test.request.Deadline = time.Now().Add(time.Minute)
				if out := exchange(t, l, &test.request); out.Status == 0 {
					t.Fatal(out.Err)
				}
			})
			if n != 0 {
				t.Errorf("%v allocations a request, want none", n)
			}
		})
	}
}

// A server may reset a fresh connection between the kernel's word that it stands and the first write. That is its answer to
// this request: only a connection that was idle may be gone for reasons of its own.
func TestARequestThatAFreshConnectionRefusesIsNotSentAgain(t *testing.T) {
	l := opened(t, driver.Options{Target: drivertest.Serve(t, func(c *net.TCPConn) { c.SetLinger(0) })})
	l.Submit(7, &scenarios.Request{Method: "GET", Path: "/"})
	at := slices.IndexFunc(l.conns, func(c *conn) bool { return c != nil })
	if n, err := unix.Poll([]unix.PollFd{{Fd: int32(at)}}, 20_000); n != 1 { // tells of resets, without being asked for any event
		t.Fatalf("no reset came: %v", err)
	}
	l.connected(l.conns[at], unix.EPOLLOUT) // what the kernel would have said a moment ago
	outs := l.Wait(time.Now())
	if len(outs) != 1 || outs[0].Slot != 7 || outs[0].Kind != result.KindReset || !outs[0].Sent.IsZero() || l.opening != 0 {
		t.Errorf("outcomes %v with %d connections being opened, want one reset and nothing sent", outs, l.opening)
	}
}

// Half of the waits must end within half a millisecond after their end, be the machine ever so busy: a wait that is
// rounded up to whole milliseconds never does.
func TestAWaitIsNotRoundedToAMillisecond(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures time")
	}
	for _, way := range []string{"epoll_pwait2", "timerfd"} {
		l := opened(t, driver.Options{Target: drivertest.Serve(t, drivertest.Says(okWire))})
		if way == "timerfd" {
			if err := l.poller.useTimer(); err != nil {
				t.Fatal(err)
			}
		}
		var over []time.Duration
		for range 200 {
			until := time.Now().Add(200 * time.Microsecond)
			l.Wait(until)
			over = append(over, time.Since(until))
		}
		slices.Sort(over)
		t.Logf("%s: past its end by %v in the median, %v at p90", way, over[100], over[180])
		if over[0] < 0 || over[100] > 500*time.Microsecond {
			t.Errorf("%s: waits ended between %v and %v past their end, the median %v", way, over[0], over[199], over[100])
		}
	}
}

// With as many loops as processors, what else runs in the process still gets its turn, and the world still stops.
func TestLoopsLeaveRoomForOthers(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures time")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	stop, stopped := make(chan struct{}), make(chan struct{})
	target := drivertest.Serve(t, drivertest.Says(okWire))
	for range 2 {
		go func() {
			l := opened(t, driver.Options{Target: target})
			for {
				select {
				case <-stop:
					l.Close()
					stopped <- struct{}{}
					return
				default:
					l.Wait(time.Now().Add(200 * time.Microsecond))
				}
			}
		}()
	}
	c, err := net.Dial("tcp", strings.TrimPrefix(target, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var pings, stops []time.Duration
	buffer := make([]byte, 100)
	for range 100 {
		begin := time.Now()
		c.Write([]byte("ping"))
		if _, err := c.Read(buffer); err != nil {
			t.Fatal(err)
		}
		pings = append(pings, time.Since(begin))
		begin = time.Now()
		runtime.ReadMemStats(new(runtime.MemStats)) // stops the world
		stops = append(stops, time.Since(begin))
	}
	close(stop)
	<-stopped
	<-stopped
	slices.Sort(pings)
	slices.Sort(stops)
	t.Logf("an exchange took %v in the median, stopping the world %v", pings[50], stops[50])
	if pings[50] > 5*time.Millisecond || stops[50] > 5*time.Millisecond {
		t.Errorf("an exchange took %v in the median, stopping the world %v; want both well under the 10 ms after which the runtime takes a processor away", pings[50], stops[50])
	}
}

func TestAWaitUntilLongAgoReturnsAtOnce(t *testing.T) {
	l := opened(t, driver.Options{Target: drivertest.Serve(t, drivertest.Says(okWire))})
	for _, until := range []time.Time{{}, time.Unix(0, 0)} {
		begin := time.Now()
		if outs := l.Wait(until); len(outs) > 0 || time.Since(begin) > 10*time.Second {
			t.Errorf("%v: %d outcomes after %v", until, len(outs), time.Since(begin))
		}
	}
}

func TestLimitsAreNamed(t *testing.T) {
	t.Run("descriptors", func(t *testing.T) {
		l := opened(t, driver.Options{Target: drivertest.Serve(t, drivertest.Says(okWire))})
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("no list of descriptors:", err)
		}
		var limit unix.Rlimit
		if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
			t.Fatal(err)
		}
		small := limit
		small.Cur = uint64(len(files) - 1) // one of them was the list itself
		for _, file := range files {
			if n := uint64(number(file.Name())) + 1; n > small.Cur {
				small.Cur = n // the limit is on the number, and there are gaps: fill them
			}
		}
		var filled []*os.File
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &small); err != nil {
			t.Fatal(err)
		}
		for {
			file, err := os.Open(os.DevNull)
			if err != nil {
				break
			}
			filled = append(filled, file)
		}
		out := exchange(t, l, &scenarios.Request{Method: "GET", Path: "/"})
		warm, refusal := l.Warm(3, time.Now().Add(time.Second))
		unix.Setrlimit(unix.RLIMIT_NOFILE, &limit)
		for _, file := range filled {
			file.Close()
		}
		if out.Kind != result.KindDial || !strings.Contains(out.Err.Error(), "ulimit -n") {
			t.Errorf("kind %q, %v; want dial and the limit's name", out.Kind, out.Err)
		}
		if warm != 0 || refusal == nil {
			t.Errorf("%d warm, %v; want none and the refusal", warm, refusal)
		}
		if out := exchange(t, l, &scenarios.Request{Method: "GET", Path: "/"}); out.Status != 200 {
			t.Errorf("after it was raised: status %d, %v", out.Status, out.Err)
		}
	})
	t.Run("ports", func(t *testing.T) {
		l := opened(t, driver.Options{Target: drivertest.Serve(t, drivertest.Says(okWire)), Sources: []netip.Addr{netip.MustParseAddr("192.0.2.1")}})
		out := exchange(t, l, &scenarios.Request{Method: "GET", Path: "/"})
		if out.Kind != result.KindDial || !errors.Is(out.Err, unix.EADDRNOTAVAIL) || !strings.Contains(out.Err.Error(), "ip_local_port_range") {
			t.Errorf("kind %q, %v; want dial and the limit's name", out.Kind, out.Err)
		}
	})
}

// The loop does not look between the two requests, so the second meets a connection that the kernel knows to be reset: it
// takes not a byte, and the request goes to another.
func TestARequestOfWhichNothingWasSentGoesToAnotherConnection(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	answered, reset := make(chan bool), make(chan bool)
	go func() {
		for first := true; ; first = false {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 4096))
			io.WriteString(c, okWire)
			if !first {
				c.Close()
				continue
			}
			<-answered
			c.(*net.TCPConn).SetLinger(0)
			c.Close()
			close(reset)
		}
	}()
	l := opened(t, driver.Options{Target: "http://" + listener.Addr().String()})
	first := exchange(t, l, &scenarios.Request{Method: "GET", Path: "/"})
	close(answered)
	<-reset // over loopback a reset has arrived when it is sent
	before := l.serial
	second := exchange(t, l, &scenarios.Request{Method: "GET", Path: "/", Deadline: time.Now().Add(time.Minute)})
	if first.Status != 200 || second.Status != 200 || l.serial != before+1 {
		t.Errorf("status %d, then %d (%v) after %d connections more; want 200, 200 and one", first.Status, second.Status, second.Err, l.serial-before)
	}
	if second.Sent.Before(second.Ready) || second.BytesOut == 0 {
		t.Errorf("ready %v, sent %v, %d bytes out: want what was sent on the other connection", second.Ready, second.Sent, second.BytesOut)
	}
}

func TestIPv6(t *testing.T) {
	listener, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 on this machine:", err)
	}
	defer listener.Close()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			c.Read(make([]byte, 100))
			io.WriteString(c, okWire)
			c.Close()
		}
	}()
	target := "http://" + listener.Addr().String()
	get := &scenarios.Request{Method: "GET", Path: "/"}
	for _, sources := range [][]netip.Addr{nil, {netip.MustParseAddr("127.0.0.1"), netip.IPv6Loopback()}} {
		if out := exchange(t, opened(t, driver.Options{Target: target, Sources: sources}), get); out.Status != 200 {
			t.Errorf("from %v: status %d, %v", sources, out.Status, out.Err)
		}
	}
	out := exchange(t, opened(t, driver.Options{Target: target, Sources: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}), get)
	if out.Kind != result.KindDial {
		t.Errorf("from an IPv4 address only: kind %q, %v; want dial", out.Kind, out.Err)
	}
}

func number(digits string) (n int) {
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// Whatever a server does, each request has one outcome.
func TestEveryRequestHasOneOutcome(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 0))
	moods := []string{
		okWire, okWire, okWire,
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok",
		"HTTP/1.1 200 OK\r\n\r\nok",
		"HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n",
		"garbage\r\n", "",
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for seed := uint64(0); ; seed++ {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go moody(c.(*net.TCPConn), moods, rand.New(rand.NewPCG(2, seed)))
		}
	}()
	l := opened(t, driver.Options{Target: "http://" + listener.Addr().String(), Idle: 5, IdleFor: 5 * time.Millisecond})
	const n = 2000
	requests := make([]scenarios.Request, n)
	seen := make([]int, n)
	kinds := map[string]int{}
	for sent, done := 0, 0; done < n; {
		for range chance.IntN(8) {
			if sent < n {
				r := &requests[sent]
				*r = scenarios.Request{Method: "POST", Path: "/", Body: make([]byte, chance.IntN(1000)), Deadline: time.Now().Add(time.Duration(chance.IntN(50)) * time.Millisecond)}
				l.Submit(uint64(sent), r)
				sent++
			}
		}
		for _, out := range l.Wait(time.Now().Add(time.Duration(chance.IntN(3)) * time.Millisecond)) {
			seen[out.Slot]++
			kinds[out.Kind]++
			done++
		}
	}
	if outs := l.Wait(time.Now().Add(60 * time.Millisecond)); len(outs) > 0 {
		t.Errorf("%d outcomes more than requests", len(outs))
	}
	for slot, times := range seen {
		if times != 1 {
			t.Errorf("request %d has %d outcomes", slot, times)
		}
	}
	t.Log(kinds)
	if kinds[""] == 0 || kinds[result.KindReset] == 0 || kinds[result.KindTimeout] == 0 {
		t.Errorf("outcomes %v: want some of each kind, or this shows little", kinds)
	}
	for fd, c := range l.conns {
		if c != nil && (c.fd != fd || c.phase != idle) {
			t.Errorf("descriptor %d: connection %d in phase %d, want it idle or gone", fd, c.fd, c.phase)
		}
	}
}

// moody answers as it likes, in pieces, sometimes late, sometimes not at all.
func moody(c *net.TCPConn, moods []string, chance *rand.Rand) {
	defer c.Close()
	buffer := make([]byte, 4096)
	for {
		if _, err := c.Read(buffer); err != nil {
			return
		}
		mood := moods[chance.IntN(len(moods))]
		time.Sleep(time.Duration(chance.IntN(3)) * time.Millisecond)
		cut := chance.IntN(len(mood) + 1)
		io.WriteString(c, mood[:cut])
		if chance.IntN(10) == 0 {
			c.SetLinger(0) // a reset
			return
		}
		io.WriteString(c, mood[cut:])
		if chance.IntN(10) == 0 || mood == "" {
			return
		}
	}
}
