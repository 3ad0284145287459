package main

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alibaba/sentinel-golang/api"
	"github.com/alibaba/sentinel-golang/core/base"
	"github.com/alibaba/sentinel-golang/core/config"
	"github.com/alibaba/sentinel-golang/core/system"
	"github.com/alibaba/sentinel-golang/logging"
	failsafego "github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/adaptivelimiter"
	"github.com/failsafe-go/failsafe-go/failsafehttp"
	"github.com/go-kratos/aegis/ratelimit"
	"github.com/go-kratos/aegis/ratelimit/bbr"
	"golang.org/x/time/rate"
)

// A policy lets a request in or not. leave is called once for each that was let in.
type policy func() (leave func(), ok bool)

// before asks a policy before the service, and answers 429 as failsafe-go's handler does.
func before(p policy) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			leave, ok := p()
			if !ok {
				http.Error(w, "limit exceeded", http.StatusTooManyRequests)
				return
			}
			defer leave()
			next.ServeHTTP(w, r)
		})
	}
}

// options are what some of the policies must be told; the adaptive ones are told nothing.
type options struct {
	limit int     // of the deep queue: requests in the service
	rate  float64 // of the token bucket, a second
}

// A middleware puts a limiter before a service.
type middleware func(http.Handler) http.Handler

// A kind is one opponent with the settings that its authors give it.
type kind struct {
	name string
	make func(options) (middleware, error)
}

// kinds is every opponent.
var kinds = []kind{
	{"failsafe-go", func(options) (middleware, error) { // it refuses at once what finds no place
		return failsafe(adaptivelimiter.NewWithDefaults[*http.Response]()), nil
	}},
	{"failsafe-go-queue", func(options) (middleware, error) { // queues of two to three times the limit, without end
		return failsafe(adaptivelimiter.NewBuilder[*http.Response]().WithQueueing(2, 3).Build()), nil
	}},
	{"aegis", func(options) (middleware, error) {
		l := bbr.NewLimiter()
		return before(func() (func(), bool) {
			done, err := l.Allow()
			return func() { done(ratelimit.DoneInfo{}) }, err == nil
		}), nil
	}},
	{"sentinel", func(options) (middleware, error) { return sentinel() }},
	{"x-time-rate", func(o options) (middleware, error) {
		if !(o.rate > 0) {
			return nil, errors.New("x-time-rate does not learn: want --rate, above 0, the capacity of the service")
		}
		l := rate.NewLimiter(rate.Limit(o.rate), max(1, int(o.rate)))
		return before(func() (func(), bool) { return func() {}, l.Allow() }), nil
	}},
	{"deep-fifo", func(o options) (middleware, error) {
		if o.limit < 1 {
			return nil, errors.New("deep-fifo does not learn: want --limit, 1 or more, what the service holds at a time")
		}
		return before(deepFIFO(o.limit, 4000)), nil
	}},
}

// named finds an opponent.
func named(name string) (kind, error) {
	var names []string
	for _, k := range kinds {
		if k.name == name {
			return k, nil
		}
		names = append(names, k.name)
	}
	return kind{}, fmt.Errorf("policy %q: want one of %s", name, strings.Join(names, ", "))
}

// failsafe is failsafe-go's own handler.
func failsafe(l failsafego.Policy[*http.Response]) middleware {
	return func(next http.Handler) http.Handler { return failsafehttp.NewHandler(next, l) }
}

// sentinel is the adaptive rule of its documentation: BBR, once the processors are four fifths busy.
func sentinel() (middleware, error) {
	c := config.NewDefaultConfig()
	c.Sentinel.App.Name = "opponent"
	c.Sentinel.Log.Logger = quiet{logging.NewConsoleLogger()}
	c.Sentinel.Log.Metric.FlushIntervalSec = 0 // no files
	if err := api.InitWithConfig(c); err != nil {
		return nil, fmt.Errorf("starting sentinel: %w", err)
	}
	if _, err := system.LoadRules([]*system.Rule{{MetricType: system.CpuUsage, TriggerCount: 0.8, Strategy: system.BBR}}); err != nil {
		return nil, fmt.Errorf("telling sentinel its rule: %w", err)
	}
	return before(func() (func(), bool) {
		e, refused := api.Entry("http", api.WithTrafficType(base.Inbound))
		if refused != nil {
			return nil, false
		}
		return func() { e.Exit() }, true
	}), nil
}

// quiet is a logger that says nothing.
type quiet struct{ logging.Logger }

func (quiet) Info(string, ...any)         {}
func (quiet) Warn(string, ...any)         {}
func (quiet) Error(error, string, ...any) {}
func (quiet) Debug(string, ...any)        {}

// deepFIFO holds a fixed number in the service and thousands in a queue, in order of arrival: what people build first.
func deepFIFO(limit, queue int) policy {
	places, waiting := make(chan struct{}, limit), make(chan struct{}, queue)
	return func() (func(), bool) {
		select {
		case waiting <- struct{}{}:
		default:
			return nil, false
		}
		defer func() { <-waiting }()
		places <- struct{}{} // served in turn, whether or not the client is still there: that is its fault
		return func() { <-places }, true
	}
}

// names are those of all kinds, for help.
func names() string {
	var all []string
	for k := range slices.Values(kinds) {
		all = append(all, k.name)
	}
	return strings.Join(all, ", ")
}

// patience is how long the proxy waits for the service, as peakday guard does.
const patience = time.Minute
