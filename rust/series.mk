# SPDX-License-Identifier: GPL-2.0
# For series.rs: which series this is.
rustflags-$(if $(filter 7.2,$(VERSION).$(PATCHLEVEL)),y) += --cfg before_7_3
