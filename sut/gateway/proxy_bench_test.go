package gateway

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// What a guard costs is measured on processes of their own: the generator, the
// service and the guard would otherwise share one bill. The test binary is all
// three; childRole says which.
const childRole = "PEAKDAY_GATEWAY_BENCH"

func TestMain(m *testing.M) {
	if role := os.Getenv(childRole); role != "" {
		runAs(role, os.Args[len(os.Args)-1])
		return
	}
	os.Exit(m.Run())
}

// runAs serves in a role before or as the service at upstream, says its URL,
// and then the processor time it has used, in ns, whenever it is asked.
func runAs(role, upstream string) {
	u, _ := url.Parse(upstream)
	var at string
	switch role {
	case "service": // answers at once
		at = serveAt(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("paid\n")) }))
	case "stuck": // holds every request for 200 ms
		at = serveAt(hold(200 * time.Millisecond))
	case "socket":
		at = socket()
	case "bare":
		transport := Proxy{}.transport()
		at = serveAt(&httputil.ReverseProxy{Transport: transport, BufferPool: &bufferPool{}, Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.SetXForwarded()
		}})
	default:
		c := Config{Upstream: u, Limiter: Limiter{Law: "fixed", Fixed: 64}}
		if strings.HasPrefix(role, "storm") {
			c.Limiter.Fixed = 4
			c.Listener.NoFastPath = role == "storm,slow"
		}
		gw, err := Start(context.Background(), c)
		if err != nil {
			panic(err)
		}
		at = gw.URL()
	}
	fmt.Println(at)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var used syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &used)
		fmt.Println(used.Utime.Nano() + used.Stime.Nano())
	}
}

func serveAt(h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(l, h)
	return "http://" + l.Addr().String()
}

// socket answers whatever comes with as many bytes as a refusal has, and does
// nothing else: what is left is the system's and the runtime's.
func socket() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	answer := []byte("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 410\r\n\r\n" + strings.Repeat(".", 410))
	serve := func(c net.Conn) {
		for request := make([]byte, 4<<10); ; {
			if _, err := c.Read(request); err != nil {
				return
			}
			c.Write(answer)
		}
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return "http://" + l.Addr().String()
}

// A process is a child that runs.
type process struct {
	url string
	in  io.Writer
	out *bufio.Scanner
}

func startChild(b *testing.B, role, upstream string) *process {
	b.Helper()
	c := exec.Command(os.Args[0], upstream)
	c.Env = append(os.Environ(), childRole+"="+role)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	out, err2 := c.StdoutPipe()
	if err := errors.Join(err, err2, c.Start()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { in.Close(); c.Wait() })
	p := &process{in: in, out: bufio.NewScanner(out)}
	p.out.Scan()
	p.url = p.out.Text()
	return p
}

// used is the processor time of the child until now.
func (p *process) used() time.Duration {
	fmt.Fprintln(p.in)
	p.out.Scan()
	n, _ := strconv.ParseInt(p.out.Text(), 10, 64)
	return time.Duration(n)
}

// An asker is one kept-alive connection.
type asker struct {
	c       net.Conn
	r       *bufio.Reader
	request []byte
}

func newAsker(b *testing.B, at string) *asker {
	c, err := net.Dial("tcp", strings.TrimPrefix(at, "http://"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	request := "GET /v1/claims/7?page=2 HTTP/1.1\r\nHost: pay.example\r\nUser-Agent: bench\r\nAccept: */*\r\nCookie: session=0123456789abcdef\r\n\r\n"
	return &asker{c, bufio.NewReaderSize(c, 4<<10), []byte(request)}
}

// ask returns the status of the answer and its size in bytes.
func (a *asker) ask() (status, size int, err error) {
	if _, err := a.c.Write(a.request); err != nil {
		return 0, 0, err
	}
	for body := -1; ; {
		line, err := a.r.ReadSlice('\n')
		if err != nil {
			return 0, 0, err
		}
		size += len(line)
		switch {
		case status == 0:
			status, err = strconv.Atoi(string(line[9:12]))
			if err != nil {
				return 0, 0, err
			}
		case bytes.HasPrefix(line, []byte("Content-Length: ")):
			body, _ = strconv.Atoi(string(bytes.TrimSpace(line[len("Content-Length: "):])))
		case len(line) == 2:
			if body < 0 {
				return 0, 0, errors.New("an answer without a length")
			}
			n, err := a.r.Discard(body)
			return status, size + n, err
		}
	}
}

// What a refusal costs the guard's process, all told: the system calls, the
// scheduler, the collector; and beside it what a bare socket takes, the least
// that a server can on package net. The load is 64 kept-alive connections, each
// with its next request as soon as it has the answer, or when it is due.
func BenchmarkRefusalInAProcessOfItsOwn(b *testing.B) {
	for _, role := range []string{"storm", "storm,slow", "socket"} {
		for _, rate := range []int{0, 4000, 15000} {
			name := "as fast as answered"
			if rate > 0 {
				name = fmt.Sprint(rate, " a second")
			}
			b.Run(role+"/"+name, func(b *testing.B) { benchmarkRefusal(b, role, rate) })
		}
	}
}

func benchmarkRefusal(b *testing.B, role string, rate int) {
	service := startChild(b, "stuck", "")
	guard := startChild(b, role, service.url)
	var refused, other, bytes atomic.Int64
	load := func(n int) {
		const connections = 64
		var all sync.WaitGroup
		var next atomic.Int64
		began := time.Now()
		for range connections {
			a := newAsker(b, guard.url)
			all.Go(func() {
				for {
					i := next.Add(1)
					if i > int64(n) {
						return
					}
					if rate > 0 {
						time.Sleep(time.Until(began.Add(time.Duration(i) * time.Second / time.Duration(rate))))
					}
					status, size, err := a.ask()
					if err != nil {
						b.Error(err)
						return
					}
					if status == 503 {
						refused.Add(1)
						bytes.Add(int64(size))
					} else {
						other.Add(1)
					}
				}
			})
		}
		all.Wait()
	}
	load(2000) // until the threshold stands
	refused.Store(0)
	other.Store(0)
	bytes.Store(0)
	var own syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &own)
	client, server := own.Utime.Nano()+own.Stime.Nano(), guard.used()
	b.ResetTimer()
	load(b.N)
	b.StopTimer()
	server = guard.used() - server
	syscall.Getrusage(syscall.RUSAGE_SELF, &own)
	client = own.Utime.Nano() + own.Stime.Nano() - client
	n := float64(refused.Load())
	b.ReportMetric(float64(server.Nanoseconds())/1e3/n, "guard-µs/refusal")
	b.ReportMetric(float64(client)/1e3/n, "client-µs/refusal")
	b.ReportMetric(float64(bytes.Load())/n, "B/refusal")
	b.ReportMetric(float64(other.Load())/n, "others/refusal")
}

// What the guard adds below capacity, against a bare httputil.ReverseProxy: at
// 1,000/s, Poisson, in turns of a second each so that noise meets all alike.
func BenchmarkAtAThousandASecond(b *testing.B) {
	const perSecond = 1000
	service := startChild(b, "service", "")
	paths := []*process{service, startChild(b, "bare", service.url), startChild(b, "guard", service.url)}
	var took [3][]time.Duration
	var cpu [3]time.Duration
	chance := rand.New(rand.NewPCG(1, 2))
	asked := 0
	askers := make([][]*asker, len(paths))
	for i, p := range paths {
		for range 32 {
			askers[i] = append(askers[i], newAsker(b, p.url))
		}
	}
	for b.Loop() {
		for i, p := range paths {
			before := p.used()
			took[i] = append(took[i], poisson(b, askers[i], perSecond, chance)...)
			cpu[i] += p.used() - before
		}
		asked += perSecond
	}
	quantile := func(i int, q float64) float64 {
		slices.Sort(took[i])
		return float64(took[i][int(q*float64(len(took[i])-1))].Microseconds())
	}
	for i, name := range []string{"none", "bare", "guard"} {
		b.ReportMetric(quantile(i, .5), name+"-p50-µs")
		b.ReportMetric(quantile(i, .99), name+"-p99-µs")
		b.ReportMetric(float64(cpu[i].Microseconds())/float64(asked), name+"-cpu-µs")
	}
	b.ReportMetric(float64(cpu[2])/float64(cpu[1]), "guard/bare-cpu")
}

// poisson sends n requests in about a second, each when it is due, and returns
// their times from sent to answered.
func poisson(b *testing.B, askers []*asker, n int, chance *rand.Rand) []time.Duration {
	due := make([]time.Duration, n)
	var at float64
	for i := range due {
		at += chance.ExpFloat64() / float64(n)
		due[i] = time.Duration(at * float64(time.Second))
	}
	took := make([]time.Duration, n)
	began := time.Now()
	var next atomic.Int64
	var all sync.WaitGroup
	for _, a := range askers {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				time.Sleep(time.Until(began.Add(due[i])))
				sent := time.Now()
				if status, _, err := a.ask(); err != nil || status != 200 {
					b.Errorf("status %d, %v", status, err)
					return
				}
				took[i] = time.Since(sent)
			}
		})
	}
	all.Wait()
	return took
}
