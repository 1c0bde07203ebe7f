package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	networklisters "k8s.io/client-go/listers/networking/v1"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	// leases has a file for each address of a pod; it begins with the pod's sandbox.
	leases = "/run/cni/networks/pods"
	// results has a file for each sandbox that CNI is done with, which is before the pod's first container starts.
	results = "/var/lib/cni/results"
)

// application is a policy that kube-router's rules apply to a pod.
type application struct{ policy, address, namespace, pod string }

// policyGuard releases the addresses of pods to which all of their policies are applied. The others connect to nobody, nor
// anybody to them: see the table `guard` in local/network.ts.
type policyGuard struct {
	pods     corelisters.PodLister
	policies networklisters.NetworkPolicyLister
	released map[string]string // sandboxes by address
}

// update says whether there are addresses that wait.
func (g *policyGuard) update() (waiting bool) {
	files, _ := filepath.Glob(leases + "/*.*.*.*") // there is a lock as well
	applied := sync.OnceValue(appliedPolicies)
	released := map[string]string{}
	commands := "flush set inet guard released\n"
	for _, file := range files {
		address := filepath.Base(file)
		lease, _ := os.ReadFile(file)
		sandbox, _, _ := strings.Cut(string(lease), "\r\n")
		if before, known := g.released[address]; known && before == sandbox || g.ready(address, sandbox, applied) {
			released[address] = sandbox
			commands += fmt.Sprintf("add element inet guard released { %s }\n", address)
		} else {
			waiting = true
		}
	}
	if g.released == nil || !maps.Equal(released, g.released) {
		nft := exec.Command("nft", "-f", "-")
		nft.Stdin, nft.Stderr = strings.NewReader(commands), os.Stderr
		utilruntime.Must(nft.Run())
		g.released = released
	}
	return waiting
}

// ready says whether each policy that selects the sandbox's pod is applied. That kube-router has rules for the pod says too
// little: it makes some from a moment when it knew the pod and not yet its policies.
func (g *policyGuard) ready(address, sandbox string, applied func() map[application]bool) bool {
	text, _ := os.ReadFile(filepath.Join(results, "pods-"+sandbox+"-eth0"))
	var result struct{ CNIArgs [][2]string }
	if json.Unmarshal(text, &result) != nil {
		return false // CNI is not done yet
	}
	args := map[string]string{}
	for _, arg := range result.CNIArgs {
		args[arg[0]] = arg[1]
	}
	pod, err := g.pods.Pods(args["K8S_POD_NAMESPACE"]).Get(args["K8S_POD_NAME"])
	if err != nil || string(pod.UID) != args["K8S_POD_UID"] {
		return false // not known yet
	}
	policies, err := g.policies.NetworkPolicies(pod.Namespace).List(labels.Everything())
	utilruntime.Must(err)
	for _, policy := range policies {
		selector, err := metav1.LabelSelectorAsSelector(&policy.Spec.PodSelector)
		utilruntime.Must(err) // the API server has checked it
		if selector.Matches(labels.Set(pod.Labels)) &&
			!applied()[application{policy.Name, address, pod.Namespace, pod.Name}] {
			return false
		}
	}
	return true
}

var (
	podRule = regexp.MustCompile(`(?m)^-A KUBE-ROUTER-FORWARD -d (\S+)/32 ` +
		`-m comment --comment "rule to jump traffic destined to POD name:(\S+) namespace: (\S+) to chain (\S+)"`)
	policyRule = regexp.MustCompile(`(?m)^-A (KUBE-POD-FW-\S+) .*"run through nw policy (\S+)"`)
)

// appliedPolicies reads the comments of kube-router's rules.
func appliedPolicies() map[application]bool {
	rules, err := exec.Command("iptables", "-S").Output()
	utilruntime.Must(err)
	pods := map[string]application{} // by chain
	for _, m := range podRule.FindAllStringSubmatch(string(rules), -1) {
		pods[m[4]] = application{address: m[1], pod: m[2], namespace: m[3]}
	}
	applied := map[application]bool{}
	for _, m := range policyRule.FindAllStringSubmatch(string(rules), -1) {
		one := pods[m[1]]
		one.policy = m[2]
		applied[one] = true
	}
	return applied
}

func guardPolicies() {
	flags := flag.NewFlagSet("policy-guard", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "file with the way to the API server")
	_ = flags.Parse(os.Args[1:])

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	utilruntime.Must(err)
	factory := informers.NewSharedInformerFactory(kubernetes.NewForConfigOrDie(config), 0)
	pods, policies := factory.Core().V1().Pods().Lister(), factory.Networking().V1().NetworkPolicies().Lister()
	factory.Start(wait.NeverStop)
	factory.WaitForCacheSync(wait.NeverStop)

	watch, err := syscall.InotifyInit1(syscall.IN_CLOEXEC | syscall.IN_NONBLOCK)
	utilruntime.Must(err)
	for _, directory := range []string{leases, results} {
		utilruntime.Must(os.MkdirAll(directory, 0o755))
		_, err := syscall.InotifyAddWatch(watch, directory, syscall.IN_CLOSE_WRITE|syscall.IN_DELETE)
		utilruntime.Must(err)
	}
	events := os.NewFile(uintptr(watch), "inotify")
	guard := policyGuard{pods: pods, policies: policies}
	for buffer := make([]byte, 1<<16); ; {
		var deadline time.Time // none: there is nothing to do before CNI made or removed something
		if guard.update() {
			deadline = time.Now().Add(100 * time.Millisecond)
		}
		utilruntime.Must(events.SetReadDeadline(deadline))
		if _, err := events.Read(buffer); !errors.Is(err, os.ErrDeadlineExceeded) {
			utilruntime.Must(err)
		}
	}
}
