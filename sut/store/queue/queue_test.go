package queue_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/peakday/peakday/sut/store"
	"github.com/peakday/peakday/sut/store/queue"
)

func nothing(store.Tx) error { return nil }

func TestWhoLeavesInTimeIsNotTaken(t *testing.T) {
	for name, c := range map[string]struct {
		end  func(cancel func(), q *queue.Queue)
		want error
	}{
		"its context ends":    {func(cancel func(), _ *queue.Queue) { cancel() }, context.Canceled},
		"the queue is closed": {func(_ func(), q *queue.Queue) { q.Close() }, store.ErrClosed},
	} {
		synctest.Test(t, func(t *testing.T) {
			q := queue.New()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			first, second := make(chan error, 1), make(chan error, 1)
			go func() { first <- q.Wait(context.Background(), nothing) }()
			synctest.Wait()
			jobs := q.Take(2)
			go func() { second <- q.Wait(ctx, nothing) }()
			synctest.Wait()
			c.end(cancel, q)
			synctest.Wait()
			if err := <-second; !errors.Is(err, c.want) {
				t.Errorf("%s: who waits got %v, want %v", name, err, c.want)
			}
			answer := errors.New("the writer's")
			jobs[0].Answer(answer)
			if err := <-first; err != answer {
				t.Errorf("%s: who was taken got %v, want what the writer answered", name, err)
			}
			go q.Wait(context.Background(), nothing) // so that Take has somebody to find if the queue is open
			synctest.Wait()
			want := 1
			if c.want == store.ErrClosed {
				want = 0
			}
			taken := q.Take(9)
			if len(taken) != want {
				t.Errorf("%s: %d taken, want %d", name, len(taken), want)
			}
			for _, j := range taken {
				j.Answer(nil)
			}
			q.Close()
		})
	}
}

func TestOneWhoseContextHasEndedDoesNotQueue(t *testing.T) {
	q := queue.New()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.Wait(ctx, nothing); !errors.Is(err, context.Canceled) || q.Len() != 0 {
		t.Errorf("%v, %d in the queue", err, q.Len())
	}
}

func TestTakeGivesThoseThatWaitAndNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.New()
		defer q.Close()
		for range 5 {
			go q.Wait(context.Background(), nothing)
		}
		synctest.Wait()
		for _, want := range []int{3, 2} {
			jobs := q.Take(3)
			if len(jobs) != want {
				t.Errorf("%d taken, want %d", len(jobs), want)
			}
			for _, j := range jobs {
				j.Answer(nil)
			}
		}
	})
}

func Example() {
	q := queue.New()
	go func() {
		for jobs := q.Take(64); jobs != nil; jobs = q.Take(64) {
			for _, j := range jobs {
				j.Answer(j.Do(nil))
			}
		}
	}()
	fmt.Println(q.Wait(context.Background(), func(store.Tx) error { return store.ErrExists }))
	q.Close()
	fmt.Println(q.Wait(context.Background(), func(store.Tx) error { return nil }))
	// Output:
	// exists already
	// store is closed
}
