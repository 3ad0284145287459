package server

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
)

// lines takes what a server says: to the log line by line, and the last of it for errors.
type lines struct {
	log  *slog.Logger
	mu   sync.Mutex
	open []byte   // a line that has not ended
	last []string // the latest ten
}

// Write takes pieces of any length.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = append(l.open, p...)
	for {
		line, rest, ended := bytes.Cut(l.open, []byte("\n"))
		if !ended {
			return len(p), nil
		}
		l.log.Log(context.Background(), slog.LevelDebug, "postgres", "said", string(line))
		l.last = append(l.last, string(line))
		l.last = l.last[max(0, len(l.last)-10):]
		l.open = rest
	}
}

// String is the last of what was said, or a dash.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.last) == 0 {
		return "-"
	}
	return strings.Join(l.last, "\n")
}
