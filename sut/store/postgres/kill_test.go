package postgres_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/postgres"
	"github.com/peakday/peakday/sut/store/postgres/server"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
	"github.com/peakday/peakday/sut/store/storetest"
)

// crash kills the server process of a connection. PostgreSQL then ends all others at once, as in an immediate
// shutdown, and recovers from its log. crash returns when it accepts connections again.
func crash(dsn string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var conns [2]*pgx.Conn
	for i := range conns {
		var err error
		if conns[i], err = pgx.Connect(ctx, dsn); err != nil {
			return err
		}
		defer conns[i].Close(ctx)
	}
	_, _ = conns[0].Exec(ctx, "COPY (SELECT 1) TO PROGRAM 'kill -KILL $PPID'") // ends with the connection
	for conns[1].Ping(ctx) == nil {                                            // until the server has seen it and ended the others
		time.Sleep(time.Millisecond)
	}
	for {
		conn, err := pgx.Connect(ctx, dsn)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// victims are databases of one server, which is killed itself at every other point.
func victims(s *server.Server) func(testing.TB) storetest.Victim {
	return func(t testing.TB) storetest.Victim {
		dsn := servertest.Database(t, s)
		point := 0
		return storetest.Victim{
			Place: dsn,
			Open: func(t testing.TB, pool store.Pool) store.Store {
				o, err := postgres.Open(t.Context(), dsn, postgres.Options{Pool: pool})
				if err != nil {
					t.Fatal(err)
				}
				return o
			},
			Strike: func(*os.Process) {
				if point++; point%2 == 0 {
					return
				}
				if err := crash(dsn); err != nil {
					t.Errorf("killing the server: %v", err)
				}
				time.Sleep(200 * time.Millisecond) // the child goes on with the server that came back
			},
		}
	}
}

func TestKill(t *testing.T) {
	storetest.Kill(t, 4, victims(start(t)))
}

func TestSoakKill(t *testing.T) {
	if os.Getenv("PEAKDAY_SOAK") == "" {
		t.Skip("200 processes; set PEAKDAY_SOAK=1")
	}
	storetest.Kill(t, 200, victims(start(t)))
}

func TestChild(t *testing.T) {
	storetest.Child(t, func(dsn string) (store.Store, error) {
		return postgres.Open(context.Background(), dsn, postgres.Options{})
	})
}
