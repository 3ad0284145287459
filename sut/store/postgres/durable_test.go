package postgres_test

import (
	"bufio"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/peakday/peakday/sut/ledger"
	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/postgres"
	"github.com/peakday/peakday/sut/store/postgres/server"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
)

// TestEveryCommitIsAnsweredAfterASync traces the server: PostgreSQL says COMMIT to the store only after it has synced
// its log, in the process that commits or in the one that writes the log for all.
func TestEveryCommitIsAnsweredAfterASync(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	// One of the machine's own programs, whose processes are numbered as ours are: no container has this image.
	pg, err := server.Start(t.Context(), server.Options{Image: "peakday.invalid/none:0"})
	if err != nil {
		servertest.Missing(t, "host", err)
	}
	defer pg.Close()
	if pg.How() != "host" {
		t.Skip("the processes of the PostgreSQL that was given are not this machine's")
	}
	dsn := servertest.Database(t, pg)
	s, err := postgres.Open(t.Context(), dsn, postgres.Options{Writers: 1, Pool: store.Pool{Stripes: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	suspend := func(n int) {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			_, err := tx.Post(ledger.Suspended("B1/"+strconv.Itoa(n), "990001", "B1", 1))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	suspend(0)
	trace := exec.Command(strace, append([]string{"-e", "trace=fdatasync,sendto", "-s", "200"}, processes(t, dsn)...)...)
	said, err := trace.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := trace.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for attached := 0; attached < 2 && lines.Scan(); {
		if strings.Contains(lines.Text(), "attached") {
			attached++
		} else {
			t.Skipf("strace may not trace here: %s", lines.Text())
		}
	}
	const updates = 20
	for n := range updates {
		suspend(1 + n)
	}
	_ = trace.Process.Signal(os.Interrupt)
	synced, commits := false, 0
	for lines.Scan() {
		call := lines.Text()
		switch {
		case strings.Contains(call, "fdatasync(") && !strings.Contains(call, "unfinished"), strings.Contains(call, "fdatasync resumed"):
			synced = true
		case strings.Contains(call, `COMMIT\0`):
			if commits++; !synced {
				t.Errorf("commit %d was answered without a sync after the one before", commits)
			}
			synced = false
		}
	}
	_ = trace.Wait() // it was interrupted
	if commits != updates {
		t.Errorf("%d commits seen, want %d", commits, updates)
	}
}

// processes are strace's arguments for the process that commits and the one that writes the log.
func processes(t *testing.T, dsn string) (args []string) {
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), `SELECT pid::text FROM pg_stat_activity
WHERE backend_type = 'walwriter' OR datname = current_database() AND application_name = 'peakday' AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')`)
	if err != nil {
		t.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(pids) != 2 {
		t.Fatalf("processes %v, %v; want the writer's and PostgreSQL's log writer", pids, err)
	}
	for _, pid := range pids {
		args = append(args, "-p", pid)
	}
	return args
}

func TestTheSessionsOfTheStoreWaitForTheLogWhateverTheDSNSays(t *testing.T) {
	dsn := servertest.Database(t, start(t))
	s, err := postgres.Open(t.Context(), dsn+"&synchronous_commit=off", postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, setting := range []string{"synchronous_commit", "fsync", "full_page_writes"} {
		err := s.Update(t.Context(), func(tx store.Tx) error {
			var value string
			err := tx.Select("SELECT current_setting($1)", []any{&value}, func() error { return nil }, setting)
			if value != "on" {
				t.Errorf("%s is %s, want on", setting, value)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
