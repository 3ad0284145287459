package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// interrupts turns signals into requests: after the first, ctx is cancelled and what is on comes to its end in order; after
// the second, abandon is closed and nothing is waited for; a third ends the process as if nobody listened. release must be
// called when the command is over.
func interrupts(parent context.Context) (ctx context.Context, abandon <-chan struct{}, release func()) {
	ctx, cancel := context.WithCancel(parent)
	signals, given, over := make(chan os.Signal, 2), make(chan struct{}), make(chan struct{})
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	var listening sync.WaitGroup
	listening.Go(func() {
		defer signal.Stop(signals)
		for _, react := range []func(){cancel, func() { close(given) }} {
			select {
			case <-signals:
				react()
			case <-over:
				return
			}
		}
	})
	return ctx, given, func() {
		close(over)
		listening.Wait()
		cancel()
	}
}

// patient reads until the context is done, where a plain read would wait for its stream to end.
type patient struct {
	ctx context.Context
	in  io.Reader
}

func (p patient) Read(into []byte) (int, error) {
	var n int
	var err error
	text, read := make([]byte, len(into)), make(chan struct{})
	go func() { // not waited for: nothing but the stream's end ends it
		defer close(read)
		n, err = p.in.Read(text)
	}()
	select {
	case <-read:
		return copy(into, text[:n]), err
	case <-p.ctx.Done():
		return 0, errors.New("interrupted")
	}
}
