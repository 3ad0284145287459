package sut

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/peakday/peakday/sut/agency"
	"github.com/peakday/peakday/sut/gateway"
	"github.com/peakday/peakday/sut/httpapi"
	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/population"
	"github.com/peakday/peakday/sut/rules"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/postgres/server"
	"github.com/peakday/peakday/sut/traffic"
	"github.com/peakday/peakday/sut/vault"
)

// Config sets up a service. The zero value serves 100,000 people on free loopback ports from a temporary database.
type Config struct {
	Addr      string          // public listener; empty means 127.0.0.1:0
	AdminAddr string          // admin listener; empty means 127.0.0.1:0
	DB        string          // database: a file, or postgres://…; empty means a temporary one, removed by Close
	Store     string          // SQLite or Postgres: which kind of temporary database; empty means SQLite
	Keys      string          // key file; empty means DB with .keys behind it
	Anchors   string          // anchor file of the audit log; empty means DB with .anchors behind it, of PostgreSQL beside the keys
	Heavy     bool            // serve the statistic that scans every contribution, the deliberate bottleneck
	Pool      store.Pool      // how the balances of the pooled funds are kept; the zero value is lazy
	TLS       TLS             // of the public listener
	Profile   Profile         // zero means "modern"
	People    int             // size of the population; 0 means 100,000
	Seed      uint64          // of the population and of the keys that sign tokens
	Guard     *gateway.Config // the admission layer before the routes, and the gate before the database; nil is none
	Log       *slog.Logger    // nil logs nothing
}

// DefaultPeople is the size of a population when none is given.
const DefaultPeople = 100_000

// A Service is a running reference service.
type Service struct {
	store      store.Store
	anchors    *anchorer
	ring       *vault.Ring
	stop       context.CancelFunc // of what runs beside the requests
	people     *population.Population
	keys       traffic.Keys
	temporary  string         // directory to remove; empty if the database is the caller's
	postgres   *server.Server // that was started; nil if none was
	database   string         // for people
	keyFile    string
	public     *http.Server
	admin      *http.Server
	url, adm   string
	draining   atomic.Bool
	serving    sync.WaitGroup
	log        *slog.Logger
	protection protection
}

// Start opens the database, listens and serves until Close. When it returns the service is ready.
func Start(ctx context.Context, c Config) (*Service, error) {
	c = c.withDefaults()
	if err := c.Profile.check(); err != nil {
		return nil, err
	}
	s := &Service{log: c.Log, keys: traffic.NewKeys(c.Seed)}
	if err := s.start(ctx, c); err != nil {
		return nil, errors.Join(err, s.release())
	}
	return s, nil
}

func (c Config) withDefaults() Config {
	if c.Addr == "" {
		c.Addr = "127.0.0.1:0"
	}
	if c.AdminAddr == "" {
		c.AdminAddr = "127.0.0.1:0"
	}
	if c.Profile == (Profile{}) {
		c.Profile = Profiles()[0]
	}
	if c.People == 0 {
		c.People = DefaultPeople
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (s *Service) start(ctx context.Context, c Config) (err error) {
	if s.people, err = population.New(c.Seed, c.People); err != nil {
		return err
	}
	book, err := rules.Open()
	if err != nil {
		return err
	}
	if err := s.place(ctx, &c); err != nil {
		return err
	}
	if err := s.open(ctx, c); err != nil {
		return err
	}
	if s.protection, err = protect(c.Guard, c.DB); err != nil {
		return fmt.Errorf("the guard: %w", err)
	}
	a := &agency.Agency{People: s.people, Outlets: population.NewOutlets(c.Seed), Rules: book, Store: s.protection.store(s.store), Vault: s.ring, Random: rand.Reader, PIN: s.keys.PIN, HeavyReports: c.Heavy}
	if err := a.Found(ctx, time.Now(), c.Seed); err != nil {
		return fmt.Errorf("the database: %w", err)
	}
	api := httpapi.New(httpapi.Config{Agency: a, Keys: s.keys, Now: time.Now, Log: c.Log})
	if err := s.queueReseal(ctx, a); err != nil {
		return fmt.Errorf("sealing again under the key of today: %w", err)
	}
	jobs := api.Jobs()
	jobs[resealOp] = func(ctx context.Context, _ agency.Call, _ []byte) (store.Answer, bool, error) { return reseal(ctx, a) }
	beside, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.serving.Go(func() { s.anchors.run(beside) })
	s.serving.Go(func() { s.work(beside, a, jobs) })
	return s.listen(c, a, api)
}

// open opens the database, its keys and the anchors of its audit log.
func (s *Service) open(ctx context.Context, c Config) (err error) {
	s.keyFile = cmp.Or(c.Keys, c.DB+".keys")
	anchors := cmp.Or(c.Anchors, c.DB+".anchors")
	if c.Anchors == "" && IsDSN(c.DB) {
		anchors = strings.TrimSuffix(s.keyFile, ".keys") + ".anchors"
	}
	if s.store, err = openStore(ctx, c.DB, c.Pool); err != nil {
		return err
	}
	var begun []ledger.Head
	err = s.store.View(ctx, func(v store.View) (err error) {
		begun, err = store.LedgerHeads(v)
		return err
	})
	if err != nil {
		return err
	}
	if s.ring, err = openRing(s.keyFile, len(begun) == 0); err != nil {
		return err
	}
	_, lost := os.Stat(anchors)
	if s.anchors, err = newAnchorer(s.store, s.ring.Signer(), anchors, time.Now, s.log); err != nil {
		return err
	}
	if len(begun) > 0 && errors.Is(lost, fs.ErrNotExist) {
		return begunAnew(ctx, s.store, anchors, s.log)
	}
	return nil
}

// listen opens both listeners and serves them.
func (s *Service) listen(c Config, a *agency.Agency, api *httpapi.API) error {
	secure, err := c.TLS.config()
	if err != nil {
		return err
	}
	public, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("public listener: %w", err)
	}
	admin, err := listenAdmin(c.AdminAddr)
	if err != nil {
		return errors.Join(fmt.Errorf("admin listener: %w", err), public.Close())
	}
	reg := prometheus.NewRegistry()
	workers := newPool(c.Profile, c.Seed)
	registerPool(reg, workers)
	s.protection.register(reg)
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s.public = s.server(httpapi.NewMetrics(reg).Wrap(s.protection.before(httpapi.Deadlines(time.Now, workers.wrap(api, httpapi.Overloaded())))))
	s.admin = s.server(s.protection.admin(httpapi.Admin{
		Metrics: reg, Ready: func() bool { return !s.draining.Load() }, Now: time.Now, Store: s.store, Rules: a.Rules, People: s.people, Keys: &s.keys, Agency: a,
		Audit:       func(ctx context.Context, w io.Writer) error { return exportAudit(ctx, s.store, w) },
		Checkpoints: func(_ context.Context, w io.Writer) error { return copyFile(w, s.anchors.file.Name()) },
		Check:       func(ctx context.Context) (any, error) { return check(ctx, s.store) },
		Rotate:      func(ctx context.Context) (uint32, error) { return s.rotate(ctx, a) },
		Drain:       func() { s.draining.Store(true) },
		Hold:        workers.setHold,
	}.Handler()))
	s.url, s.adm = "http://"+public.Addr().String(), "http://"+admin.Addr().String()
	if secure != nil {
		public, s.url = tls.NewListener(public, secure), "https://"+public.Addr().String()
	}
	s.serve(s.public, public)
	s.serve(s.admin, admin)
	return nil
}

// listenAdmin listens on this machine only: whoever reaches the listener is an operator.
func listenAdmin(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	if a, ok := l.Addr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return nil, errors.Join(fmt.Errorf("%s can be reached from elsewhere, and who reaches it is an operator: want an address of this machine alone, such as 127.0.0.1:0", l.Addr()), l.Close())
	}
	return l, nil
}

// server sets the limits of a listener. There is no WriteTimeout: an answer of the legacy profile is 28 s away.
func (s *Service) server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       20 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
}

func (s *Service) serve(server *http.Server, l net.Listener) {
	s.serving.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("listener stopped", "error", err)
		}
	})
}

// URL is the base of the public operations, "http://127.0.0.1:40123".
func (s *Service) URL() string { return s.url }

// AdminURL is the base of /livez, /readyz, /metrics and /version.
func (s *Service) AdminURL() string { return s.adm }

// Close drains: /readyz fails first, what is being served is finished while ctx lasts, then the database is closed
// and a temporary one removed. The error says if ctx ended with requests open.
func (s *Service) Close(ctx context.Context) error {
	s.draining.Store(true)
	err := s.public.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("requests were still being served: %w", err), s.public.Close())
	}
	s.protection.close()
	err = errors.Join(err, s.admin.Close())
	return errors.Join(err, s.release())
}

// release closes what start opened.
func (s *Service) release() error {
	var err error
	if s.stop != nil {
		s.stop()
	}
	s.serving.Wait()
	if s.anchors != nil {
		err = s.anchors.close()
	}
	if s.store != nil {
		err = errors.Join(err, s.store.Close())
	}
	if s.postgres != nil {
		err = errors.Join(err, s.postgres.Close())
	}
	if s.temporary != "" {
		err = errors.Join(err, os.RemoveAll(s.temporary))
	}
	return err
}

// registerPool shows the pool's queue, and how long requests were in it.
func registerPool(reg prometheus.Registerer, p *pool) {
	reg.MustRegister(p.waited, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "peakday_sut_queue_requests",
		Help: "Requests that wait for a worker.",
	}, func() float64 { return float64(p.depth()) }))
}

// A Demo is a made-up citizen who can log in.
type Demo struct {
	IDNo string `json:"id_no"`
	PIN  string `json:"pin"`
	Curl string `json:"curl"` // a command that opens a session
}

// Demo is the first person of the population who works: those are served most.
func (s *Service) Demo() Demo {
	i := 0
	for i+1 < s.people.Size() && s.people.Person(i).Status != population.Active {
		i++
	}
	id := s.people.Person(i).IDNumber
	d := Demo{IDNo: id, PIN: s.keys.PIN(id)}
	d.Curl = "curl -s -H 'Content-Type: application/json' -d " +
		"'{\"id_no\":" + strconv.Quote(d.IDNo) + ",\"pin\":" + strconv.Quote(d.PIN) + "}' " + s.url + "/v1/sessions"
	return d
}

// Database says what keeps the service's records, for people: a file, or PostgreSQL and how it was had.
func (s *Service) Database() string { return s.database }
