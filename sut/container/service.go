package container

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

const (
	startTimeout = time.Minute      // from the container's start until the service is ready
	stopGrace    = 10 * time.Second // for requests under way
)

// A Service is `peakday sut` in a container of its own.
type Service struct {
	Binary string            // a static Linux binary of peakday; empty means this process's own
	Args   []string          // flags of sut beside -o, which is given
	Env    map[string]string // such as secrets, which do not belong on a command line
	Stderr io.Writer         // takes the service's log; nil drops it
	Limits
}

// A Running service serves until Close.
type Running struct {
	*Container
	URL          string // base of the public operations, "http://127.0.0.1:40123"
	AdminURL     string // base of /livez, /readyz, /metrics and /version
	Announcement []byte // the line of JSON that the service printed when it was ready

	docker client.APIClient
	image  string
}

// Start makes the image, runs it and waits until the service is ready. ctx bounds all three.
func (s Service) Start(ctx context.Context) (*Running, error) {
	if err := s.Limits.Validate(); err != nil {
		return nil, err
	}
	if s.Binary == "" {
		var err error
		if s.Binary, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("finding the peakday binary: %w", err)
		}
	}
	found, err := docker(ctx)
	if err != nil {
		return nil, err
	}
	r := &Running{docker: found.Client(), image: "peakday-sut:" + strings.ToLower(rand.Text())}
	if err := importImage(ctx, r.docker, r.image, s.Binary); err != nil {
		return nil, err
	}
	stdout := &firstLine{}
	request := Request{
		Image:  r.image,
		Args:   append([]string{"sut", "-o", "json"}, s.Args...),
		Env:    s.env(),
		Grace:  stopGrace,
		Stdout: stdout,
		Stderr: s.Stderr,
		Limits: s.Limits,
	}
	if r.Container, err = Run(ctx, request); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	if err := r.await(ctx, stdout); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// env adds what tells Go of the memory limit.
func (s Service) env() map[string]string {
	env := map[string]string{}
	if s.Memory > 0 {
		env["GOMEMLIMIT"] = strconv.FormatInt(s.Memory/10*9, 10)
	}
	maps.Copy(env, s.Env)
	return env
}

// await returns when the service has announced itself, which it does when it is ready.
func (r *Running) await(ctx context.Context, stdout *firstLine) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startTimeout, fmt.Errorf("no announcement within %v", startTimeout))
	defer cancel()
	for {
		if line := stdout.get(); line != nil {
			var said struct {
				URL      string `json:"url"`
				AdminURL string `json:"admin_url"`
			}
			if err := json.Unmarshal(line, &said); err != nil || said.URL == "" {
				return fmt.Errorf("it announced %q, want a JSON line with its url", line)
			}
			r.URL, r.AdminURL, r.Announcement = said.URL, said.AdminURL, line
			return nil
		}
		if err := r.Ended(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; it said: %s", context.Cause(ctx), r.last(context.WithoutCancel(ctx)))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Close lets the service drain, and removes container, volume and image. To close twice is no fault.
func (r *Running) Close() error {
	var err error
	if r.Container != nil {
		err = r.Container.Close()
	}
	if _, failed := r.docker.ImageRemove(context.Background(), r.image, client.ImageRemoveOptions{Force: true, PruneChildren: true}); failed != nil && !errdefs.IsNotFound(failed) {
		err = errors.Join(err, fmt.Errorf("removing the image %s: %w", r.image, failed))
	}
	return err
}

// A firstLine keeps the first line written to it.
type firstLine struct {
	mu   sync.Mutex
	text []byte
}

// Write keeps what belongs to the first line.
func (f *firstLine) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !bytes.HasSuffix(f.text, []byte("\n")) {
		before, _, ended := bytes.Cut(p, []byte("\n"))
		f.text = append(f.text, before...)
		if ended {
			f.text = append(f.text, '\n')
		}
	}
	return len(p), nil
}

// get is the line without its end, or nil while it is not whole.
func (f *firstLine) get() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	line, whole := bytes.CutSuffix(f.text, []byte("\n"))
	if !whole {
		return nil
	}
	return bytes.Clone(line)
}
