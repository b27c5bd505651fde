// One member of a hashicorp/raft group, driven by the lines that consensus_bench.cpp writes; see ../README.md.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io/ioutil"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb"
)

const patience = 30 * time.Second

type member struct {
	raft    *raft.Raft
	machine *stateMachine
	load    *load
}

var outputLock sync.Mutex

func say(format string, arguments ...interface{}) {
	outputLock.Lock()
	defer outputLock.Unlock()
	fmt.Printf(format+"\n", arguments...)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	id := flag.String("id", "", "the name of this member")
	address := flag.String("address", "", "where it listens, host:port")
	data := flag.String("data", "", "the directory for log and snapshots")
	found := flag.Bool("found", false, "become a group of one if the directory is empty")
	trailing := flag.Int64("trailing", -1, "entries kept behind a snapshot; the default is the library's")
	flag.Parse()

	m := start(*id, *address, *data, *found, *trailing)
	say("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		if words[0] == "quit" {
			m.raft.Shutdown().Error()
			break
		}
		// Commands run side by side: a node joins while clients write.
		go m.obey(words)
	}
}

// start makes the member as its documentation advises: everything durable is synced, the log's newest entries are
// cached, all timeouts and limits are the library's own.
func start(id, address, data string, found bool, trailing int64) *member {
	must(os.MkdirAll(data, 0700))
	leads := make(chan bool, 16)
	config := raft.DefaultConfig()
	config.LocalID = raft.ServerID(id)
	config.LogOutput = ioutil.Discard
	config.NotifyCh = leads
	if trailing >= 0 {
		config.TrailingLogs = uint64(trailing)
	}
	bolt, err := raftboltdb.NewBoltStore(filepath.Join(data, "raft.db"))
	must(err)
	cached, err := raft.NewLogCache(512, bolt)
	must(err)
	snapshots, err := raft.NewFileSnapshotStore(data, 2, ioutil.Discard)
	must(err)
	transport, err := raft.NewTCPTransport(address, nil, 3, 10*time.Second, ioutil.Discard)
	must(err)
	existing, err := raft.HasExistingState(cached, bolt, snapshots)
	must(err)
	if found && !existing {
		group := raft.Configuration{Servers: []raft.Server{{ID: config.LocalID, Address: raft.ServerAddress(address)}}}
		must(raft.BootstrapCluster(config, cached, bolt, snapshots, transport, group))
	}
	m := &member{machine: newStateMachine()}
	m.raft, err = raft.NewRaft(config, m.machine, cached, bolt, snapshots, transport)
	must(err)
	m.load = &load{raft: m.raft}
	go m.watch(leads)
	return m
}

// watch tells when the first command of a term of our own is committed and applied.
func (m *member) watch(leads <-chan bool) {
	for leading := range leads {
		if !leading {
			continue
		}
		say("leading %d", time.Now().UnixNano())
		if m.raft.Apply([]byte{counting}, patience).Error() == nil {
			say("first_commit %d", time.Now().UnixNano())
		}
	}
}

func (m *member) obey(words []string) {
	var err error
	switch {
	case words[0] == "status":
		say("status leads=%d", btoi(m.raft.State() == raft.Leader))
	case words[0] == "state":
		bytes, count := m.machine.size()
		say("state bytes=%d count=%d", bytes, count)
	case words[0] == "add" && len(words) == 4:
		err = m.add(words[1], words[2], words[3])
	case words[0] == "join":
		say("joined") // the leader has been told
	case words[0] == "remove" && len(words) == 2:
		if err = m.raft.RemoveServer(raft.ServerID(words[1]), 0, patience).Error(); err == nil {
			say("removed")
		}
	case words[0] == "await" && len(words) == 3:
		m.machine.await(number(words[1]), number(words[2]))
		say("reached %d", time.Now().UnixNano())
	case words[0] == "fill" && len(words) == 2:
		if err = m.load.fill(int(number(words[1]))); err == nil {
			say("filled")
		}
	case words[0] == "snapshot":
		begin := time.Now()
		if err = m.raft.Snapshot().Error(); err == nil {
			say("snapshot seconds=%.3f", time.Since(begin).Seconds())
		}
	case words[0] == "clients" && len(words) == 6:
		err = m.load.run(int(number(words[1])), int(number(words[3])), words[5])
	case words[0] == "mark":
		m.load.mark()
	default:
		err = fmt.Errorf("not understood")
	}
	if err != nil {
		say("failed %s: %s", strings.Join(words, " "), err)
	}
}

func (m *member) add(id, address, as string) error {
	var future raft.IndexFuture
	if as == "learner" {
		future = m.raft.AddNonvoter(raft.ServerID(id), raft.ServerAddress(address), 0, patience)
	} else {
		future = m.raft.AddVoter(raft.ServerID(id), raft.ServerAddress(address), 0, patience)
	}
	if err := future.Error(); err != nil {
		return err
	}
	say("added")
	return nil
}

func number(word string) uint64 {
	value, err := strconv.ParseUint(word, 10, 64)
	must(err)
	return value
}

func btoi(value bool) int {
	if value {
		return 1
	}
	return 0
}
