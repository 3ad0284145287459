package postgres

import (
	"cmp"
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

const (
	keepEvery   = time.Second
	firstGrowth = 1000 // ledger transactions
)

// A keeper does once a second what nobody should wait for. It folds what lazy pools add into their balances. And it has
// PostgreSQL look at the tables again when the ledger has doubled: a plan made for an empty table takes any index, and
// autovacuum, which looks once a minute, comes when a drill has filled it already.
type keeper struct {
	*conn
	config   *pgconn.Config
	lazy     bool
	analysed int64 // transactions when the tables were looked at
}

// run keeps until closed is closed, and then folds once more. What fails is done a second later: nothing is wrong
// meanwhile, only slower.
func (k *keeper) run(closed <-chan struct{}) {
	ticker := time.NewTicker(keepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			_ = k.keep()
		case <-closed:
			return
		}
	}
}

func (k *keeper) keep() error {
	ctx := context.Background()
	if k.gone() {
		c, err := connect(ctx, k.config)
		if err != nil {
			return err
		}
		k.conn = c
	}
	if err := k.fold(ctx); err != nil {
		return err
	}
	size, err := k.call(ctx, sqlSize)
	if err == nil {
		err = k.trip(ctx, size)
	}
	var n int64
	if err == nil {
		err = scan([]any{&n}, size.rows[0], size.columns)
	}
	if err != nil || n < 2*k.analysed+firstGrowth {
		return err
	}
	k.analysed = n
	_, err = k.do(ctx, sqlAnalyze)
	return err
}

func (k *keeper) fold(ctx context.Context) error {
	if !k.lazy {
		return nil
	}
	_, err := k.do(ctx, sqlFold, lockFold)
	return err
}

// end folds the last time.
func (k *keeper) end() error {
	if k.gone() {
		return nil
	}
	err := k.fold(context.Background())
	return cmp.Or(err, k.close())
}
