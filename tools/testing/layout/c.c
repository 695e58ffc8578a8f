// SPDX-License-Identifier: GPL-2.0
/* What C says. */
#include <linux/kmsg_dump.h>
#include <linux/proc_fs.h>
#include <linux/zlib.h>
#include <linux/zstd.h>
#include "../../../include/vmcore_devdump.h"

#define NUMBER(what, value)	\
	asm volatile(".pushsection .layout, \"\"\n.ascii \"" what " %c0\\n\"\n.popsection" : : "i" (value))
#define SIZE(type)		NUMBER("sizeof(" #type ")", sizeof(type))
#define OFFSET(type, field)	NUMBER("offsetof(" #type ", " #field ")", offsetof(type, field))
#define CONST(name)		NUMBER(#name, name)

void layout(void);

void layout(void)
{
	SIZE(struct proc_ops);
	OFFSET(struct proc_ops, proc_flags);
	OFFSET(struct proc_ops, proc_open);
	OFFSET(struct proc_ops, proc_read);
	OFFSET(struct proc_ops, proc_read_iter);
	OFFSET(struct proc_ops, proc_write);
	OFFSET(struct proc_ops, proc_lseek);
	OFFSET(struct proc_ops, proc_release);
	OFFSET(struct proc_ops, proc_poll);
	OFFSET(struct proc_ops, proc_ioctl);
#ifdef CONFIG_COMPAT
	OFFSET(struct proc_ops, proc_compat_ioctl);
#endif
	OFFSET(struct proc_ops, proc_mmap);
	OFFSET(struct proc_ops, proc_get_unmapped_area);

	SIZE(struct kmsg_dump_iter);
	OFFSET(struct kmsg_dump_iter, cur_seq);
	OFFSET(struct kmsg_dump_iter, next_seq);

	SIZE(struct z_stream_s);
	OFFSET(struct z_stream_s, next_in);
	OFFSET(struct z_stream_s, avail_in);
	OFFSET(struct z_stream_s, total_in);
	OFFSET(struct z_stream_s, next_out);
	OFFSET(struct z_stream_s, avail_out);
	OFFSET(struct z_stream_s, total_out);
	OFFSET(struct z_stream_s, msg);
	OFFSET(struct z_stream_s, state);
	OFFSET(struct z_stream_s, workspace);
	OFFSET(struct z_stream_s, data_type);
	OFFSET(struct z_stream_s, adler);
	OFFSET(struct z_stream_s, reserved);
	CONST(Z_DEFAULT_COMPRESSION);
	CONST(Z_DEFLATED);
	CONST(Z_DEFAULT_STRATEGY);
	CONST(Z_FINISH);
	CONST(Z_OK);
	CONST(Z_STREAM_END);
	CONST(Z_BUF_ERROR);

	SIZE(struct vmcoredd_data);
	OFFSET(struct vmcoredd_data, dump_name);
	OFFSET(struct vmcoredd_data, size);
	OFFSET(struct vmcoredd_data, vmcoredd_callback);
	CONST(VMCOREDD_MAX_NAME_BYTES);

	SIZE(struct vmcore_devdump_sink);
	OFFSET(struct vmcore_devdump_sink, ops);
	SIZE(struct vmcore_devdump_sink_ops);
	OFFSET(struct vmcore_devdump_sink_ops, write);
	OFFSET(struct vmcore_devdump_sink_ops, patch);
	OFFSET(struct vmcore_devdump_sink_ops, len);
	OFFSET(struct vmcore_devdump_sink_ops, remaining);
	OFFSET(struct vmcore_devdump_sink_ops, ms_left);
	OFFSET(struct vmcore_devdump_sink_ops, missing);
	OFFSET(struct vmcore_devdump_sink_ops, section);

	/* They are typedefs of structures without a name. */
	NUMBER("sizeof(struct zstd_compression_parameters)", sizeof(zstd_compression_parameters));
	NUMBER("offsetof(struct zstd_compression_parameters, windowLog)", offsetof(zstd_compression_parameters, windowLog));
	NUMBER("offsetof(struct zstd_compression_parameters, chainLog)", offsetof(zstd_compression_parameters, chainLog));
	NUMBER("offsetof(struct zstd_compression_parameters, hashLog)", offsetof(zstd_compression_parameters, hashLog));
	NUMBER("offsetof(struct zstd_compression_parameters, searchLog)", offsetof(zstd_compression_parameters, searchLog));
	NUMBER("offsetof(struct zstd_compression_parameters, minMatch)", offsetof(zstd_compression_parameters, minMatch));
	NUMBER("offsetof(struct zstd_compression_parameters, targetLength)", offsetof(zstd_compression_parameters, targetLength));
	NUMBER("offsetof(struct zstd_compression_parameters, strategy)", offsetof(zstd_compression_parameters, strategy));
	NUMBER("sizeof(struct zstd_parameters)", sizeof(zstd_parameters));
	NUMBER("offsetof(struct zstd_parameters, cParams)", offsetof(zstd_parameters, cParams));
}
