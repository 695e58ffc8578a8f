# SPDX-License-Identifier: GPL-2.0
# What the targets do: make help

setup := tools/setup
enter := $(setup)/enter
prepare := $(setup)/prepare

help:
	@sed -n 's/^#: //p' $(firstword $(MAKEFILE_LIST))

ifdef KDIR
.DEFAULT_GOAL := modules
endif

#: make KDIR=DIR          build the kernel modules against DIR, into build/modules (where DIR comes from: tools/kdir/kdir --help)
#: make samples KDIR=DIR  build the smallest dump drivers, those in samples/, into build/samples
#: make install KDIR=DIR  install them where depmod and modprobe find them (INSTALL_MOD_PATH is honoured)
out = $(if $(BENCH),bench-modules,modules)
kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR)$2 MO=$(CURDIR)/build/$1 CC=$(shell tools/kdir/compiler '$(KDIR)/include/config/auto.conf') \
	LOCALVERSION='$(shell sed 's/^[0-9.]*//' '$(KDIR)/include/config/kernel.release')'

modules install: need-kdir
	@mkdir -p build/$(out)
	$(call kbuild,$(out)) $(if $(filter install,$@),modules_install,modules)

samples: modules
	@mkdir -p build/samples
	$(call kbuild,samples,/samples) KBUILD_EXTRA_SYMBOLS=$(CURDIR)/build/modules/Module.symvers modules

need-kdir:
	@[ -n '$(KDIR)' ] || { echo 'say which kernel to build for: make $(MAKECMDGOALS) KDIR=DIR (see tools/kdir/kdir --help)' >&2; exit 2; }
	@[ -f '$(KDIR)/rust/libkernel.rmeta' ] || { echo '$(KDIR) has no Rust metadata: make a KDIR that has it with tools/kdir/kdir' >&2; exit 2; }

#:
#: These need root and Debian's package archive, and set up what they need by themselves:
#: make demo              the whole story on real parts: panic, dump, decoded registers (warm: half a minute)
#: make test              everything that is promised, proven in virtual machines (SERIES=all: all that can be, on each kernel series)
#: make bench             register accesses per section, time, memory and size: ours, the C driver's and the built-in vmcore's; the reader's time
#: make check             the fast loop: format, clippy, unit tests, documents; no virtual machine
#: make fuzz              what no reader may stumble over: an hour of damaged files (SECONDS=N)
#: make deb               Debian packages in build/deb (KEY=FILE CERT=FILE: modules are signed with that)
#: make capture           build/capture: a crash kernel for any x86-64 machine that has kexec-tools (its README says how)
#: make wheel             the Python package in build/wheel
#: make vm-shell          a shell in the crash kernel with a modelled adapter (ARGS=--help: what else it can do)
demo: prepare
	@$(enter) build/bin/vm demo

test: what = oracle debug machine tests
test: prepare
	@tools/testing/all $(SERIES)

bench: what = oracle
bench: prepare
	@kdir=$$($(setup)/kdir) && $(enter) $(MAKE) -s modules KDIR="$$kdir" BENCH=y >build/bench.log 2>&1 || { tail build/bench.log; exit 1; }
	@$(setup)/cargo build --release --locked -q -p vmcoredd
	@$(enter) env VMCORE_DEVDUMP_MODULES=$(CURDIR)/build/bench-modules build/bin/vm bench build/target/*/release/vmcoredd
	@$(enter) build/bin/vm cost
	@$(enter) tools/vmcoredd/tests/scan/bench build/target/*/release/vmcoredd

check: prepare
	@$(enter) tools/testing/check "$$($(setup)/kdir)"

fuzz:
	@$(enter) tools/vmcoredd/fuzz/run $(if $(filter command line,$(origin SECONDS)),$(SECONDS),3600)

capture: what = machine
capture: prepare
	@$(enter) packaging/make-capture build/machine/root build/deb build/capture

deb:
	@$(setup)/buildroot >/dev/null
	@KEY='$(KEY)' CERT='$(CERT)' packaging/make-deb

wheel:
	@$(setup)/buildroot >/dev/null
	@$(enter) tools/python/build

vm-shell: prepare
	@$(enter) build/bin/vm shell $(ARGS)

prepare:
	@$(prepare) $(what)

#: Guests run on KVM if it boots one, else emulated: ACCEL=kvm or ACCEL=tcg says which
#:
#: make clean             remove build/
#: make clean-cache       remove what set-up made (VMCORE_DEVDUMP_CACHE, /var/cache/vmcore-devdump): the next run starts anew
clean:
	rm -rf build

clean-cache:
	@$(setup)/clean-cache

.PHONY: help modules install samples need-kdir demo test bench check fuzz deb capture wheel vm-shell prepare clean clean-cache
