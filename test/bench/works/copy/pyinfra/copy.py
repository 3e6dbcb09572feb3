from pyinfra import host
from pyinfra.operations import files

source = host.data.from_folder

files.directory(name="Make the folder", path="/srv/bench", mode="755")
files.put(name="Copy the large file", src=f"{source}/large.bin", dest="/srv/bench/large.bin", mode="644")
files.sync(name="Copy the small files", src=f"{source}/small", dest="/srv/bench/small", mode="644", dir_mode="755")
