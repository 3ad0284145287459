package drivertest

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/peakday/peakday/engine/driver"
	"github.com/peakday/peakday/engine/result"
)

func allows(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	connections := counted(t)
	target := connections.serve(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Connection", "close") })
	errNot := errors.New("not this one")
	var asked atomic.Int32
	loop := open(t, newDriver(driver.Options{Target: target, Allow: func(a netip.Addr) error {
		if !a.IsLoopback() || !a.Is4() {
			t.Errorf("asked about %v, want 127.0.0.1", a)
		}
		if asked.Add(1) == 1 {
			return nil
		}
		return errNot
	}}))
	if out := one(t, loop, get("/")); out.Status != 200 {
		t.Fatalf("allowed: status %d, %v", out.Status, out.Err)
	}
	out := one(t, loop, get("/")) // the first connection is gone
	if wantFailure(t, out, result.KindDial, false); !errors.Is(out.Err, errNot) {
		t.Errorf("error %v, want that of Allow", out.Err)
	}
	if n := connections.opened.Load(); n != 1 {
		t.Errorf("%d connections, want 1: the second was not allowed", n)
	}
}

func connectsElsewhere(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	var host atomic.Value
	target := counted(t).serve(func(_ http.ResponseWriter, r *http.Request) { host.Store(r.Host) })
	loop := open(t, newDriver(driver.Options{
		Target:    "http://service.test:8080",
		ConnectTo: map[string]string{"service.test:8080": strings.TrimPrefix(target, "http://")},
	}))
	if out := one(t, loop, get("/")); out.Status != 200 || host.Load() != "service.test:8080" {
		t.Errorf("status %d, %v, asked for host %v; want 200 and service.test:8080", out.Status, out.Err, host.Load())
	}
}

func fromSources(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	sources := []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")}
	probe, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skip("127.0.0.2 is no address of this machine:", err)
	}
	probe.Close()
	from := make(chan string, 4)
	loop := open(t, newDriver(driver.Options{Sources: sources, Close: true, Target: counted(t).serve(func(_ http.ResponseWriter, r *http.Request) {
		address, _, _ := net.SplitHostPort(r.RemoteAddr)
		from <- address
	})}))
	seen := map[string]int{}
	for range 4 {
		if out := one(t, loop, get("/")); out.Status != 200 {
			t.Fatalf("status %d, %v", out.Status, out.Err)
		}
		seen[<-from]++
	}
	if seen["127.0.0.1"] != 2 || seen["127.0.0.2"] != 2 {
		t.Errorf("came from %v, want each address twice", seen)
	}
}

// byName is the target by a name that every system knows; the name may have other addresses, at which nobody listens.
func byName(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	for _, dnsFor := range []time.Duration{0, time.Nanosecond, -1} {
		target := strings.Replace(counted(t).serve(hello), "127.0.0.1", "localhost", 1)
		loop := open(t, newDriver(driver.Options{Target: target, DNSFor: dnsFor, Close: true}))
		for range 3 {
			if out := one(t, loop, get("/")); out.Status != 200 {
				t.Errorf("DNS for %v: status %d, %v", dnsFor, out.Status, out.Err)
			}
		}
	}
}

func nameUnknown(t *testing.T, newDriver func(driver.Options) driver.Driver) {
	loop := open(t, newDriver(driver.Options{Target: "http://nowhere.invalid"})) // RFC 6761 keeps it from ever existing
	wantFailure(t, one(t, loop, get("/")), result.KindDial, false)
}
