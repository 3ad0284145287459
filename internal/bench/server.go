package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"text/template"
	"time"

	"github.com/peakday/peakday/internal/bench/stats"
)

// A Server is the process that answers.
type Server struct {
	Name string // and version, for the table
	URL  string
	cmd  *exec.Cmd
}

// startServer starts the server of a place: nginx for small answers where there is one, the built-in server else.
func startServer(ctx context.Context, nginx string, p Place, core int, dir string) (*Server, error) {
	if p.Mix || nginx == "" {
		return startBuiltin(ctx, p, core)
	}
	return startNginx(ctx, nginx, core, dir)
}

// One process, which is the one worker: its CPU is that of the server, and the pinning holds for it.
var nginxConf = template.Must(template.New("nginx.conf").Parse(`daemon off;
master_process off;
worker_processes 1;
pid {{.Dir}}/nginx.pid;
error_log {{.Dir}}/error.log warn;
events { worker_connections 8192; }
http {
	access_log off;
	default_type application/json;
	keepalive_requests 1000000000;
	keepalive_timeout 300s;
	client_body_temp_path {{.Dir}}/body;
	proxy_temp_path {{.Dir}}/proxy;
	fastcgi_temp_path {{.Dir}}/fastcgi;
	uwsgi_temp_path {{.Dir}}/uwsgi;
	scgi_temp_path {{.Dir}}/scgi;
	server {
		listen {{.Address}} backlog=4096;
		location / { return 200 '{{.Small}}'; }
		location {{.StepPath}} { add_header X-CSRF {{.CSRF}}; return 200 '{{.Step}}'; }
	}
}
`))

func startNginx(ctx context.Context, nginx string, core int, dir string) (*Server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	conf := filepath.Join(dir, "nginx.conf")
	file, err := os.Create(conf)
	if err != nil {
		return nil, err
	}
	err = nginxConf.Execute(file, struct{ Dir, Address, Small, StepPath, CSRF, Step string }{dir, address, small, stepPath, stepCSRF, stepBody()})
	if err := cmp.Or(err, file.Close()); err != nil {
		return nil, err
	}
	args := command{Args: []string{nginx, "-c", conf, "-e", filepath.Join(dir, "error.log")}, Core: core}.pinned()
	s := &Server{Name: "nginx-light, one worker", URL: "http://" + address, cmd: child(ctx, args)}
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	return s, s.await(ctx)
}

// freeAddress is a port that was free a moment ago: nginx cannot say which one it was given.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// startBuiltin runs this program once more, as a server, which announces its address on a line of its own.
func startBuiltin(ctx context.Context, p Place, core int) (*Server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	answers := "small"
	if p.Mix {
		answers = "mix"
	}
	s := &Server{Name: "the built-in server", cmd: child(ctx, command{Args: []string{self, "-serve", answers}, Core: core}.pinned())}
	s.cmd.Stderr = os.Stderr
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	address, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("waiting for the built-in server's address: %w", err)
	}
	s.URL = "http://" + strings.TrimSpace(address)
	return s, s.await(ctx)
}

// child is a process that does not outlive this one.
func child(ctx context.Context, args []string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

func (s *Server) await(ctx context.Context) error {
	deadline := time.Now().Add(5 * time.Second)
	for {
		answer, err := http.Get(s.URL + path)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				err = fmt.Errorf("status %d, want 200", answer.StatusCode)
			}
		}
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			s.Close()
			return fmt.Errorf("%s does not answer: %w", s.Name, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// CPU is what the server has used so far.
func (s *Server) CPU() time.Duration {
	used, err := stats.CPUOf(s.cmd.Process.Pid)
	if err != nil { // it has died, and the run that asks shows it by its failures
		return 0
	}
	return used
}

// Close ends the server. It has nothing to lose.
func (s *Server) Close() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}
