package container

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/moby/moby/client"
)

// ownerLabel is on every container and image that this package makes.
const ownerLabel = "peakday.owner"

// owner names this process among all that may speak to one Docker: "boot id/pid:[4026531836]/4711", where the middle is
// the space in which the number counts. It is empty where the system does not tell, as outside Linux.
func owner() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	space, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s/%s/%d", strings.TrimSpace(string(boot)), space, os.Getpid())
}

// gone says that an owner is no more: one of an earlier boot, since all who reach a Docker by a socket share its kernel,
// or a process of this space that /proc does not know. Those of another space cannot be asked about, so they stay.
func gone(label, me string) bool {
	theirs, mine := strings.Split(label, "/"), strings.Split(me, "/")
	if len(theirs) != 3 || len(mine) != 3 {
		return false
	}
	if theirs[0] != mine[0] {
		return true
	}
	if _, err := strconv.ParseUint(theirs[2], 10, 31); err != nil || theirs[1] != mine[1] {
		return false
	}
	_, err := os.Stat("/proc/" + theirs[2])
	return errors.Is(err, fs.ErrNotExist)
}

// sweep removes the containers and images of processes that were killed before they could.
func sweep(ctx context.Context, docker client.APIClient) error {
	me, ours := owner(), make(client.Filters).Add("label", ownerLabel)
	containers, err := docker.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: ours})
	if err != nil {
		return fmt.Errorf("listing the containers of ended processes: %w", err)
	}
	for _, c := range containers.Items {
		if gone(c.Labels[ownerLabel], me) {
			// Another process may sweep at the same moment: what is not there any more is no fault.
			_, _ = docker.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
		}
	}
	images, err := docker.ImageList(ctx, client.ImageListOptions{Filters: ours})
	if err != nil {
		return fmt.Errorf("listing the images of ended processes: %w", err)
	}
	for _, i := range images.Items {
		if gone(i.Labels[ownerLabel], me) {
			_, _ = docker.ImageRemove(ctx, i.ID, client.ImageRemoveOptions{Force: true, PruneChildren: true})
		}
	}
	return nil
}
