package container_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/moby/moby/client"

	"github.com/peakday/peakday/sut/container"
	"github.com/peakday/peakday/sut/store/postgres/server/servertest"
)

// standIn is a static binary of testdata/service, which TestMain builds: the test's own may be linked dynamically.
var standIn string

// With the arguments "parent" and a binary this is a process that has a service, and will be killed.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "parent" {
		if _, err := (container.Service{Binary: os.Args[2]}).Start(context.Background()); err != nil {
			log.Fatal(err)
		}
		fmt.Print("started")
		select {}
	}
	flag.Parse()
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	if !testing.Short() {
		standIn = filepath.Join(dir, "service")
		build := exec.Command("go", "build", "-o", standIn, "./testdata/service")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if said, err := build.CombinedOutput(); err != nil {
			log.Fatalf("building the service that stands in: %v\n%s", err, said)
		}
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// start runs the stand-in as a service until the end of the test.
func start(t *testing.T, s container.Service) *container.Running {
	t.Helper()
	needDocker(t)
	s.Binary = standIn
	r, err := s.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func needDocker(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("containers take seconds")
	}
	if _, err := container.Engine(t.Context()); err != nil {
		servertest.Missing(t, "docker", err)
	}
}

// owned lists the containers and images of a process as Docker knows them.
func owned(t *testing.T, pid int) (found []string) {
	t.Helper()
	docker, err := client.New(client.FromEnv)
	if err != nil {
		t.Fatal(err)
	}
	defer docker.Close()
	containers, err := docker.ContainerList(t.Context(), client.ContainerListOptions{All: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range containers.Items {
		if strings.HasSuffix(c.Labels["peakday.owner"], "/"+strconv.Itoa(pid)) {
			found = append(found, "container "+c.Image)
		}
	}
	images, err := docker.ImageList(t.Context(), client.ImageListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range images.Items {
		if strings.HasSuffix(i.Labels["peakday.owner"], "/"+strconv.Itoa(pid)) {
			found = append(found, "image "+i.ID)
		}
	}
	return found
}

// ask gets the answer of a running service.
func ask(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
