package selftest_test

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/sys/unix"

	"github.com/peakday/peakday/internal/drill"
)

// slowNames answers on port 53 of this network, after a while, that every name is 127.0.0.1.
func slowNames(t *testing.T, after time.Duration) error {
	server, err := net.ListenPacket("udp", "127.0.0.1:53")
	if err != nil {
		return err
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		for {
			packet := make([]byte, 512)
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(packet[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class},
					Body:   &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}},
				}}
			}
			answer, err := m.Pack()
			if err != nil {
				continue
			}
			time.AfterFunc(after, func() { server.WriteTo(answer, from) })
		}
	}()
	return nil
}

// useThem makes this thread and what it starts ask that server.
func useThem(t *testing.T) error {
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return err
	}
	conf := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(conf, []byte("nameserver 127.0.0.1\n"), 0o644); err != nil {
		return err
	}
	return unix.Mount(conf, "/etc/resolv.conf", "", unix.MS_BIND, "")
}

// Who waits for a name waits for a connection: that is in the latency, since a person would have felt it, and apart as
// queued. It is neither the service's time nor the generator's lateness.
func TestSlowDNSIsWaitingForAConnection(t *testing.T) {
	if testing.Short() {
		t.Skip("drives load")
	}
	const slow = 300 * time.Millisecond
	for _, driver := range drill.DriverNames() {
		t.Run(driver, func(t *testing.T) {
			var everyTime, once outcome
			var failed error
			inNetwork(t, "32768 60999", func() {
				if failed = slowNames(t, slow); failed == nil {
					failed = useThem(t)
				}
				if failed != nil {
					return
				}
				_, port, _ := net.SplitHostPort(kindly(t, 0)[len("http://"):])
				args := []string{"--driver", driver, "--rate", "50", "--for", "2s", "--timeout", "3s", "--max-lateness", "200ms"}
				once = prepare(t, nil, "http://slow.test:"+port, args...).start(t).wait(t)
				everyTime = prepare(t, nil, "http://slow.test:"+port, append(args, "--close", "--dns-for", "-1s")...).start(t).wait(t)
			})
			if failed != nil {
				t.Skipf("names of its own cannot be served here; run it as root on Linux: %v", failed)
			}
			if once.code != 0 || once.Validity != "valid" || once.Good != 100 || once.Queued.P50 > 0.1 || once.Queued.P99 < 0.9*slow.Seconds() {
				t.Errorf("looked up once: %v, queued p99 %.3g s; want the first to wait for %v", once, once.Queued.P99, slow)
			}
			if everyTime.code != 0 || everyTime.Validity != "valid" || everyTime.Good != 100 || everyTime.Queued.P50 < 0.9*slow.Seconds() || everyTime.Service.P50 > 0.1 {
				t.Errorf("looked up at every connect: %v; want all to wait for %v", everyTime, slow)
			}
		})
	}
}
