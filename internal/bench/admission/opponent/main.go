// Opponent is a reverse proxy with somebody else's limiter in it, so that it can be measured beside peakday guard:
//
//	go build -o /tmp/opponent ./admission/opponent
//	peakday guard sweep --laws none,vegas --against 'failsafe-go=/tmp/opponent --policy failsafe-go'
//
// It answers what is refused with 429, as failsafe-go's own handler does, and announces itself as peakday guard -o json.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "opponent:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("opponent", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var o options
	name := flags.String("policy", "failsafe-go", "whose limiter: "+names())
	upstream := flags.String("upstream", "", "base URL of the service")
	addr := flags.String("addr", "127.0.0.1:0", "where to listen")
	flags.IntVar(&o.limit, "limit", 0, "of deep-fifo: requests in the service")
	flags.Float64Var(&o.rate, "rate", 0, "of x-time-rate: requests a second")
	if err := flags.Parse(args); err != nil {
		return err
	}
	k, err := named(*name)
	if err != nil {
		return err
	}
	to, err := url.Parse(*upstream)
	if err != nil || to.Host == "" {
		return fmt.Errorf("--upstream %q: want a base URL such as http://127.0.0.1:8080", *upstream)
	}
	before, err := k.make(o)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(stdout).Encode(map[string]string{"url": "http://" + l.Addr().String()}); err != nil {
		return err
	}
	server := &http.Server{Handler: before(proxy(to)), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// proxy is the standard library's, with connections enough.
func proxy(to *url.URL) http.Handler {
	transport := &http.Transport{MaxIdleConnsPerHost: 4096, MaxIdleConns: 4096, ResponseHeaderTimeout: patience, DisableCompression: true}
	return &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(to); r.SetXForwarded() },
		Transport:    transport,
		ErrorLog:     log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
}
