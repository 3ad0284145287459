package server_test

import (
	"context"
	"maps"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/peakday/peakday/sut/container"
	"github.com/peakday/peakday/sut/store/postgres/server"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
)

// startBy starts a server by one way, until the end of the test.
func startBy(t *testing.T, way string, o server.Options) *server.Server {
	t.Helper()
	o.Image = os.Getenv("PEAKDAY_POSTGRES_IMAGE")
	if o.Image == "" {
		o.Image = "postgres:17-alpine"
	}
	s, err := server.StartBy(t.Context(), way, o)
	if err != nil {
		servertest.Missing(t, way, err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a second time after tests that look at the first
	return s
}

// ask connects and asks for settings and the like.
func ask(t *testing.T, dsn string, questions map[string]string) map[string]string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	answers := map[string]string{}
	for name, question := range questions {
		var answer string
		if err := conn.QueryRow(t.Context(), question).Scan(&answer); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		answers[name] = answer
	}
	return answers
}

// What every new database answers.
var honest = map[string]string{
	"fsync":              "on",
	"full_page_writes":   "on",
	"synchronous_commit": "on",
	"encoding":           "UTF8",
	"Ä after Z":          "true",
	"tables":             "0",
}

func questions() map[string]string {
	q := map[string]string{}
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit", "shared_buffers", "jit", "timezone"} {
		q[setting] = "SELECT current_setting('" + setting + "')"
	}
	q["encoding"] = "SELECT current_setting('server_encoding')"
	q["Ä after Z"] = "SELECT ('Ä' > 'Z')::text"
	q["tables"] = "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'public'"
	return q
}

func TestEachWayGivesAnHonestServerWithNewDatabases(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts four servers")
	}
	for _, way := range []string{"docker", "host", "dsn"} {
		t.Run(way, func(t *testing.T) {
			var o server.Options
			want := maps.Clone(honest)
			if way == "dsn" {
				o.DSN = servertest.Start(t).DSN()
			}
			maps.Copy(want, map[string]string{"shared_buffers": "256MB", "jit": "off", "timezone": "UTC"})
			s := startBy(t, way, o)
			if s.How() != way || !regexp.MustCompile(`^`+way+` \(\d\d+\.\d+\)$`).MatchString(s.String()) {
				t.Errorf("it is %s, %s; want %s and a version", s.How(), s, way)
			}
			another, err := s.Database(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if another == s.DSN() {
				t.Errorf("two databases have the DSN %s", another)
			}
			for _, dsn := range []string{s.DSN(), another} {
				if got := ask(t, dsn, questions()); !maps.Equal(got, want) {
					t.Errorf("got  %v\nwant %v", got, want)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if conn, err := pgx.Connect(t.Context(), s.DSN()); err == nil {
				conn.Close(t.Context())
				t.Error("its database outlives Close")
			}
		})
	}
}

func TestServerOfADSNKeepsNothingEvenOfDatabasesInUse(t *testing.T) {
	outer := servertest.Start(t)
	databases := map[string]string{"n": "SELECT count(*)::text FROM pg_database"}
	before := ask(t, outer.DSN(), databases)
	s := startBy(t, "dsn", server.Options{DSN: outer.DSN()})
	conn, err := pgx.Connect(t.Context(), s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if after := ask(t, outer.DSN(), databases); !maps.Equal(after, before) {
		t.Errorf("%s databases before, %s after", before["n"], after["n"])
	}
}

func TestLimitsHoldForContainersOnly(t *testing.T) {
	s := startBy(t, "docker", server.Options{Limits: container.Limits{CPUs: 1, Memory: 256 << 20}})
	if got := ask(t, s.DSN(), questions())["shared_buffers"]; got != "64MB" {
		t.Errorf("shared_buffers are %s of 256 MB, want 64MB", got)
	}
	_, err := server.Start(t.Context(), server.Options{DSN: s.DSN(), Limits: container.Limits{CPUs: 1}})
	if err == nil || !strings.Contains(err.Error(), "not for the server of a DSN") {
		t.Errorf("limits and a DSN: got %v", err)
	}
	_, err = server.Start(t.Context(), server.Options{Image: "peakday.invalid/none:0", Limits: container.Limits{CPUs: 1}})
	if err == nil || !strings.Contains(err.Error(), "docker: ") || strings.Contains(err.Error(), "host: ") {
		t.Errorf("limits without a container: got %v, want that only docker was tried", err)
	}
}

func TestDSNThatDoesNotAnswerIsTheOnlyWayTried(t *testing.T) {
	for _, dsn := range []string{"postgres://nobody:secret@127.0.0.1:1/none", "host=127.0.0.1 port=1 user=nobody password=secret"} {
		_, err := server.Start(t.Context(), server.Options{DSN: dsn})
		if err == nil || !strings.Contains(err.Error(), "dsn: it does not answer") || strings.Contains(err.Error(), "host: ") {
			t.Errorf("got %v, want that the DSN does not answer", err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
}

func TestDSNMayHaveEitherForm(t *testing.T) {
	outer := servertest.Start(t)
	c, err := pgx.ParseConfig(outer.DSN())
	if err != nil {
		t.Fatal(err)
	}
	words := strings.NewReplacer("HOST", c.Host, "USER", c.User, "PASSWORD", c.Password, "DATABASE", c.Database).
		Replace("host=HOST user=USER password=PASSWORD dbname=DATABASE sslmode=disable port=")
	port := regexp.MustCompile(`\d+`).FindString(ask(t, outer.DSN(), map[string]string{"port": "SELECT current_setting('port')"})["port"])
	s := startBy(t, "dsn", server.Options{DSN: words + port})
	name := ask(t, s.DSN(), map[string]string{"name": "SELECT current_database()"})["name"]
	if name == c.Database || !strings.HasPrefix(name, "peakday_") {
		t.Errorf("connected to %s, want a new database", name)
	}
}
