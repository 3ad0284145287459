package gateway

import "log/slog"

// lines keeps what was logged.
type lines struct{ text []string }

func (l *lines) Write(p []byte) (int, error) {
	l.text = append(l.text, string(p))
	return len(p), nil
}

func (l *lines) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }
