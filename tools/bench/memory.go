package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// sampling is the pause between two looks at the processes of a command.
const sampling = 20 * time.Millisecond

// peaks are the greatest amounts of memory, in bytes, that processes of a command held, and the processor time of each provider.
type peaks struct {
	cli, provider int64
	providerCPU   map[int]time.Duration // by process
}

// cpu is the processor time of all providers of a command.
func (p peaks) cpu() (sum time.Duration) {
	for _, took := range p.providerCPU {
		sum += took
	}
	return sum
}

// measureMemory measures a plan of the largest size, in the workspace where countPlans has left the vaults.
func (b *bench) measureMemory(ctx context.Context) error {
	size := b.largest()
	b.printf("\n## Peak memory of a plan of %s, all there, in MB\n\n", thousands(size))
	if runtime.GOOS != "linux" {
		b.printf("Not measured: needs /proc.\n")
		return nil
	}
	b.progress("peak memory")
	floor, err := b.newWorkspace(ctx, "floor-standing", floorConfig(size))
	if err != nil {
		return err
	}
	if _, err := floor.run(ctx, "apply", "-auto-approve"); err != nil {
		return err
	}
	t := newTable("resource", "CLI", "provider")
	vaultPeaks, err := b.peaksOf(ctx, filepath.Join(b.folder, standingName))
	if err != nil {
		return err
	}
	t.row("backup_vault", megabytes(vaultPeaks.cli), megabytes(vaultPeaks.provider))
	floorPeaks, err := b.peaksOf(ctx, floor.folder)
	if err != nil {
		return err
	}
	t.row("terraform_data", megabytes(floorPeaks.cli), "-")
	t.print(b.out)
	return nil
}

func (b *bench) peaksOf(ctx context.Context, folder string) (peaks, error) {
	p, _, err := b.watched(ctx, invocation{folder: folder, args: []string{"plan", "-detailed-exitcode"}})
	return p, err
}

// watched runs a command and watches its processes.
func (b *bench) watched(ctx context.Context, i invocation) (p peaks, o outcome, err error) {
	watching, stop := context.WithCancel(ctx)
	watched := make(chan struct{})
	close(watched) // for a command that does not start
	i.started = func(pid int) {
		watched = make(chan struct{})
		go func() {
			defer close(watched)
			p.watch(watching, pid)
		}()
	}
	o, err = b.invoke(ctx, i)
	stop()
	<-watched
	return p, o, err
}

// watch looks at a process and those below it again and again. The kernel keeps the peak of each, so only what a
// process adds in its last moments is missed. What the kernel tells of a process that has ended does not serve: the
// figure for the CLI is that of its largest child if this is larger.
func (p *peaks) watch(ctx context.Context, root int) {
	p.providerCPU = map[int]time.Duration{}
	ticker := time.NewTicker(sampling)
	defer ticker.Stop()
	for {
		for _, pid := range below(root) {
			// A process that has just ended has no files to read, and its peak is that of the look before.
			peak := peakOf(pid)
			if program, _ := os.Readlink(processFile(pid, "exe")); strings.HasPrefix(filepath.Base(program), "terraform-provider-") {
				p.provider = max(p.provider, peak)
				p.providerCPU[pid] = max(p.providerCPU[pid], cpuOf(pid))
			} else {
				p.cli = max(p.cli, peak)
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func processFile(pid int, name string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), name)
}

// peakOf is the greatest resident size a process has had; 0 when it is gone.
func peakOf(pid int) int64 {
	status, err := os.ReadFile(processFile(pid, "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kilobytes, _ := strconv.ParseInt(fields[1], 10, 64)
			return kilobytes * 1024
		}
	}
	return 0
}

// tick is the unit of processor time in /proc, the same on all of Linux's usual builds.
const tick = 10 * time.Millisecond

// cpuOf is the processor time that a process has taken; 0 when it is gone.
func cpuOf(pid int) time.Duration {
	fields := statOf(pid)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick
}

// below lists a process and all that descend from it.
func below(root int) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return []int{root}
	}
	children := map[int][]int{}
	for _, entry := range entries {
		if pid, err := strconv.Atoi(entry.Name()); err == nil {
			children[parentOf(pid)] = append(children[parentOf(pid)], pid)
		}
	}
	all := []int{root}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	return all
}

// parentOf reads the parent's process id, 0 when the process is gone.
func parentOf(pid int) int {
	fields := statOf(pid)
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}

// statOf are the fields of a process from its state on.
func statOf(pid int) []string {
	stat, err := os.ReadFile(processFile(pid, "stat"))
	if err != nil {
		return nil
	}
	// The program's name comes before, in parentheses, and may hold anything.
	return strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
}
